#pragma once

#include <functional>
#include <string>

#include "base/options/table.hpp"

namespace kapacitor {

/// Looks up an environment variable; nullptr if it is not set.
using variable_fn = std::function<const char*(const std::string& name)>;

/// What is left to do after the options have set their variables.
struct parsed_options {
  std::string command;  // empty for programs without commands
  std::string answer;   // what --help or --version prints; empty: neither was given
  bool answered() const { return !answer.empty(); }
};

/// Reads command line, environment and the file of --config (or of the variable PREFIX_CONFIG), and
/// sets what the rows are bound to. A flag overrides a variable, which overrides the file, which
/// overrides the default. A variable that is empty counts as not set.
///
/// Errors: usage_error that names flag, variable, or file, line and column; the value; and what is
///         allowed
parsed_options parse_options(const option_table& table, int argc, const char* const* argv);
parsed_options parse_options(const option_table& table, int argc, const char* const* argv,
                             const variable_fn& variable);

}  // namespace kapacitor
