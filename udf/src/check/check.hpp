#pragma once

#include <string>
#include <vector>

#include "check/subject.hpp"

namespace kapacitor::udf::host::check {

struct check_settings {
  subject_settings udf;
  std::vector<std::string> rules;  // only these; empty: all
  bool list = false;               // only list the rules
  std::string json;                // a file for the results; empty: none
};

/// Tries every rule on a UDF and prints the results on stdout, one line each.
///
/// Returns: the exit code: 1 if a rule failed, else 0.
/// Errors: usage_error for an unknown rule or options that do not fit; start_error if there is no
///         UDF to be tried
int check(const check_settings& s);

}  // namespace kapacitor::udf::host::check
