#pragma once

#include <string>
#include <vector>

#include "program/settings.hpp"

namespace kapacitor::udf::server {

/// What a program's command line may consist of.
struct cli_shape {
  std::string program;  // its name
  std::string summary;
  std::vector<setting> known;
  bool many_functions = false;  // has --list, and --describe takes a name
};

/// What the command line asks for.
struct command {
  enum class kind { serve, list, describe, show };

  kind what = kind::serve;
  std::string text;  // describe: the name of the function; show: what to print, such as the help
  bool markdown = false;  // of list and describe
  settings given;
};

/// Flags override the file of --config, which overrides the defaults.
///
/// Errors: start_error naming the flag, or file, line and column: what is wrong, what is allowed
command parse_command_line(const cli_shape& shape, int argc, const char* const* argv);

/// The version of this library.
std::string version();

}  // namespace kapacitor::udf::server
