#include "base/table/field_map.hpp"

#include <fmt/format.h>

#include "base/line/escape.hpp"
#include "base/text/error.hpp"

namespace kapacitor {
namespace {

/// Takes up to one of `stops` off the front of the text, and unescapes it.
std::string take_until(std::string_view& text, std::string_view stops) {
  std::string part;
  std::size_t i = 0;
  for (; i < text.size() && stops.find(text[i]) == std::string_view::npos; ++i) {
    if (text[i] == '\\' && i + 1 < text.size() &&
        std::string_view(":=,\\").find(text[i + 1]) != std::string_view::npos) {
      ++i;
    }
    part += text[i];
  }
  text.remove_prefix(i);
  return part;
}

bool take(std::string_view& text, char c) {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

column_type type_of(std::string_view name) {
  if (name == "auto") return column_type::automatic;
  if (name == "float") return column_type::floating;
  if (name == "int") return column_type::integer;
  if (name == "bool") return column_type::boolean;
  if (name == "string") return column_type::string;
  throw usage_error(
      fmt::format("\"{}\" is no type of fields: allowed are auto, float, int, bool, string", name));
}

void require_name(std::string_view text, std::string_view name) {
  const auto why = why_not_a_name(name);
  if (!why.empty()) throw usage_error(fmt::format("\"{}\": the name \"{}\" {}", text, name, why));
}

csv_field take_field(std::string_view& text) {
  const auto whole = text;
  csv_field field;
  field.column = take_until(text, ":=,");
  if (field.column.empty()) {
    throw usage_error(
        fmt::format("\"{}\" names no column: allowed is COLUMN[:TYPE][=NAME]", whole));
  }
  if (take(text, ':')) field.type = type_of(take_until(text, "=,"));
  field.name = take(text, '=') ? take_until(text, ",") : field.column;
  require_name(whole, field.name);
  return field;
}

}  // namespace

csv_field parse_field(std::string_view text) {
  auto rest = text;
  auto field = take_field(rest);
  if (!rest.empty()) {
    throw usage_error(fmt::format("\"{}\" is no field: allowed is COLUMN[:TYPE][=NAME]", text));
  }
  return field;
}

std::vector<csv_field> parse_field_map(std::string_view text) {
  std::vector<csv_field> fields{take_field(text)};
  while (take(text, ',')) fields.push_back(take_field(text));
  return fields;
}

csv_tag parse_tag(std::string_view text) {
  auto rest = text;
  csv_tag tag;
  tag.column = take_until(rest, "=,");
  tag.name = take(rest, '=') ? take_until(rest, ",") : tag.column;
  if (tag.column.empty() || !rest.empty()) {
    throw usage_error(fmt::format("\"{}\" is no tag: allowed is COLUMN[=NAME]", text));
  }
  require_name(text, tag.name);
  return tag;
}

}  // namespace kapacitor
