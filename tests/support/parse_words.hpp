#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/options/parse.hpp"

namespace test_support {

/// Sets what a command's options are bound to, as from the command line; no variable is looked at.
/// Errors: usage_error
inline void parse_words(kapacitor::option_command command, const std::vector<std::string>& words) {
  std::vector<const char*> argv{"program"};
  for (const auto& word : words) argv.push_back(word.c_str());
  kapacitor::option_table table;
  table.program = "program";
  table.standard_command = command.name;
  table.commands.push_back(std::move(command));
  argv.insert(argv.begin() + 1, table.standard_command.c_str());
  parse_options(table, static_cast<int>(argv.size()), argv.data(),
                [](const std::string&) { return nullptr; });
}

}  // namespace test_support
