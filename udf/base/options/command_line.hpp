#pragma once

#include "base/options/given.hpp"

namespace kapacitor {

/// What the words of a command line say.
struct command_line {
  std::string command;  // or the one that is done if none is named
  given_options given;
  std::string config;  // the file of --config
  bool help = false, help_json = false, version = false;
};

/// Splits the command line. `--name value`, `--name=value`, `-x`; options and arguments in any
/// order.
///
/// Errors: usage_error: an unknown flag or command, a value that is missing or one too many
command_line read_command_line(const option_table& table, int argc, const char* const* argv);

}  // namespace kapacitor
