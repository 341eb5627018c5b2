#pragma once

#include <map>
#include <string>
#include <vector>

#include <kapacitor/udf/function.hpp>
#include <kapacitor/udf/option.hpp>

namespace kapacitor::udf::host {

/// What a UDF says of itself on the Info connection; all that Kapacitor knows of it.
struct udf_info {
  edge wants = edge::stream;
  edge provides = edge::stream;
  std::map<std::string, std::vector<value_type>> options;  // argument types, by name
};

/// Checks the options as Kapacitor checks a TICKscript when the task is defined: each must be
/// known, with exactly the declared number and types of arguments. Missing, repeated and strange
/// values are the UDF's business, at Init.
///
/// Errors: rule_violation "option-unknown", "option-arguments" or "option-type", with Kapacitor's
///         own text
void validate_options(const udf_info& info, const std::vector<option>& options);

/// Checks that the function takes what travels on the edge above it: points, or with a window
/// batches. `parent` and `node` are the nodes' names, such as "from1" and "ewma2".
///
/// Errors: rule_violation "edge-mismatch", with Kapacitor's text and what to do
void validate_edge(const udf_info& info, edge given, const std::string& parent,
                   const std::string& node);

}  // namespace kapacitor::udf::host
