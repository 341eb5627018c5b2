#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kapacitor::udf::doctor {

/// A table [udf.functions.NAME].
struct function_entry {
  std::string name;
  std::string where;   // "kapacitor.conf:12"
  std::string socket;  // empty: none
  std::string prog;    // empty: none
  std::vector<std::string> args;
  bool has_env = false;
  std::string timeout;                               // as it is written; empty: not given
  std::optional<std::chrono::nanoseconds> time_out;  // nothing: none, or no duration
};

/// What a kapacitor.conf says that concerns functions.
struct kapacitor_conf {
  std::vector<function_entry> functions;  // in the order of their names
  std::string url;                        // of Kapacitor's API on this machine
  bool auth_enabled = false;              // the API asks for a user
};

/// Errors: usage_error with file, line and column of what is no TOML, or is of another type than
///         Kapacitor reads
kapacitor_conf read_kapacitor_conf(std::string_view text, const std::string& path);
kapacitor_conf read_kapacitor_conf_file(const std::string& path);

}  // namespace kapacitor::udf::doctor
