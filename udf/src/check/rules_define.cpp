#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "check/expectations.hpp"
#include "check/rule_table.hpp"
#include "check/verdict.hpp"

namespace kapacitor::udf::host::check {
namespace {

void edges_known(subject& s) {
  const auto& info = s.raw_info();
  for (const int edge : {int(info.wants()), int(info.provides())}) {
    if (!::agent::EdgeType_IsValid(edge)) fail(fmt::format("it names the edge type {}", edge));
  }
}

void option_types_known(subject& s) {
  for (const auto& [name, option] : s.raw_info().options()) {
    for (const auto type : option.valuetypes()) {
      if (!::agent::ValueType_IsValid(type)) {
        fail(fmt::format("its option \"{}\" has the value type {}", name, type));
      }
    }
  }
}

bool is_identifier(const std::string& name) {
  const auto is_word = [](unsigned char c) { return std::isalnum(c) || c == '_'; };
  return !name.empty() && !std::isdigit(static_cast<unsigned char>(name.front())) &&
         std::all_of(name.begin(), name.end(), is_word);
}

void option_names_usable(subject& s) {
  constexpr std::string_view words[] = {"quiet", "var", "lambda", "AND", "OR", "TRUE", "FALSE"};
  for (const auto& [name, option] : s.raw_info().options()) {
    if (!is_identifier(name)) fail(fmt::format("it has an option \"{}\"", name));
    if (std::find(std::begin(words), std::end(words), name) != std::end(words)) {
      fail(fmt::format("its option \"{}\" is a word of TICKscript's own", name));
    }
  }
}

}  // namespace

std::span<const rule> define_rules() {
  static constexpr rule rules[] = {
      {"edges-known", "Info's wants and provides are STREAM or BATCH.",
       "no script that uses the function can be defined: mismatched edges", edges_known},
      {"option-types-known",
       "The types of options in Info are BOOL, INT, DOUBLE, STRING, DURATION.",
       "no script can use the option: unexpected arg", option_types_known},
      {"option-names-usable", "Options have names that TICKscript can write.",
       "no script can use the option", option_names_usable},
  };
  return rules;
}

}  // namespace kapacitor::udf::host::check
