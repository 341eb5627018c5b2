#pragma once

#include <string>
#include <vector>

#include "check/check.hpp"

namespace CLI {
class App;
}

namespace kapacitor::udf::host::check {

/// The command line of check as it was typed.
struct arguments {
  std::string socket, exec, timeout = "2s", json;
  std::vector<std::string> options, fields, rules;
  bool list = false;
};

CLI::App* add_command(CLI::App& app, arguments& a);
/// Errors: usage_error naming the flag
check_settings settings_of(const arguments& a);

}  // namespace kapacitor::udf::host::check
