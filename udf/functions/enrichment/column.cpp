#include "functions/enrichment/column.hpp"

namespace kapacitor::udf::functions {

std::string_view name_of(field_type t) {
  switch (t) {
    case field_type::integer:
      return "int";
    case field_type::number:
      return "double";
    case field_type::boolean:
      return "bool";
    case field_type::text:
      return "string";
    case field_type::any:
      break;
  }
  return "any";
}

column column::read(const std::string& text) {
  constexpr std::string_view word = " as ";
  const auto at = text.find(word);
  if (at == std::string::npos) return {text, text};
  return {text.substr(0, at), text.substr(at + word.size())};
}

/// A colon that no type follows is part of the name.
column column::read_field(const std::string& text) {
  const auto colon = text.rfind(':');
  if (colon == std::string::npos) return read(text);
  const auto word = std::string_view(text).substr(colon + 1);
  for (const auto type :
       {field_type::integer, field_type::number, field_type::boolean, field_type::text}) {
    if (name_of(type) != word) continue;
    auto c = read(text.substr(0, colon));
    c.type = type;
    return c;
  }
  return read(text);
}

}  // namespace kapacitor::udf::functions
