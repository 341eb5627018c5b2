#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/options/table.hpp"
#include "check/check.hpp"

namespace kapacitor::udf::host::check {

/// The values of the options of `check`, each by itself.
struct arguments {
  std::string socket, exec, json;
  std::chrono::nanoseconds timeout = std::chrono::seconds(2);
  std::vector<option> options;
  std::vector<extra_field> fields;
  std::vector<std::string> rules;
  bool list = false;
};

/// Lifetime: `a` must outlive the command, which sets it
option_command command(arguments& a);
/// Errors: usage_error naming the flag
check_settings settings_of(const arguments& a);

}  // namespace kapacitor::udf::host::check
