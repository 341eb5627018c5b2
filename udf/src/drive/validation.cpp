#include "drive/validation.hpp"

#include <fmt/format.h>

#include "drive/option_value.hpp"
#include "drive/rule.hpp"

namespace kapacitor::udf::host {
namespace {

std::string list_of(const udf_info& info) {
  std::string names;
  for (const auto& [name, types] : info.options) names += (names.empty() ? "" : ", ") + name;
  return names.empty() ? "it has no options" : "it has: " + names;
}

void validate(const option& given, const std::vector<value_type>& expected) {
  if (given.values.size() != expected.size()) {
    throw rule_violation("option-arguments",
                         fmt::format("unexpected number of args to {}, got {} expected {}",
                                     given.name, given.values.size(), expected.size()));
  }
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const auto got = type_of(given.values[i]);
    if (got == expected[i]) continue;
    throw rule_violation("option-type",
                         fmt::format("unexpected arg to {}, got {} expected {}", given.name,
                                     to_string(got), to_string(expected[i])));
  }
}

std::string_view name_of(edge e) {
  return e == edge::batch ? "batch" : "stream";
}

}  // namespace

void validate_options(const udf_info& info, const std::vector<option>& options) {
  for (const auto& given : options) {
    const auto found = info.options.find(given.name);
    if (found == info.options.end()) {
      throw rule_violation("option-unknown",
                           fmt::format("no method or property \"{}\" on *pipeline.UDFNode ({})",
                                       given.name, list_of(info)));
    }
    validate(given, found->second);
  }
}

void validate_edge(const udf_info& info, edge given, const std::string& parent,
                   const std::string& node) {
  if (info.wants == given) return;
  const auto advice = info.wants == edge::batch
                          ? "the function takes batches: use --window or --window-count"
                          : "the function takes single points: leave out the window";
  throw rule_violation("edge-mismatch",
                       fmt::format("cannot add child mismatched edges: {}:{} -> {}:{} ({})", parent,
                                   name_of(given), node, name_of(info.wants), advice));
}

}  // namespace kapacitor::udf::host
