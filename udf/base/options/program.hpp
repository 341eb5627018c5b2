#pragma once

#include <functional>
#include <string>

#include "base/options/table.hpp"

namespace kapacitor {

/// The main() of a program: reads its options and runs `body` with the name of the command, unless
/// --help or --version was given. What is thrown becomes one line on stderr.
///
/// Returns: the exit code
int run_program(const option_table& options, int argc, const char* const* argv,
                const std::function<int(const std::string& command)>& body);

}  // namespace kapacitor
