#pragma once

#include <optional>
#include <string>
#include <vector>

#include "check/subject.hpp"

// Options that a function should not take.
namespace kapacitor::udf::host::check {

/// `options`, with `one` instead of those of the same name.
std::vector<option> with_option(std::vector<option> options, option one);
/// For each type the lowest, or the highest, value that a script can write.
std::vector<option_value> strange_values(const std::vector<value_type>& types, bool low);
std::vector<option> with_unknown_option(subject& s);
/// Empty if the function has no option with a value.
std::optional<std::vector<option>> with_wrong_type(subject& s);

/// The UDF must refuse them with a text. If it does not, the verdict is a warning only, because
/// Kapacitor's own checks mostly prevent such options; a hang fails. Errors: verdict
void expect_refusal(subject& s, const std::vector<option>& options, const std::string& what);

/// A connection on which Init was refused. Errors: verdict (skip) if it refuses nothing
peer refused(subject& s);

}  // namespace kapacitor::udf::host::check
