#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scenario/model.hpp"

namespace kapacitor::generator {

/// A scenario that comes with the program.
struct preset {
  std::string_view name;
  std::string_view text;  // TOML
  /// What it is, from its first line.
  std::string_view purpose() const;
};

const std::vector<preset>& presets();
std::vector<std::string> preset_names();

/// Reads the text of a scenario.
///
/// Errors: usage_error "FILE:LINE:COLUMN: what is wrong and what is allowed"
scenario read_scenario(std::string_view text, const std::string& file);

/// A preset by its name, or a file: whatever ends in .toml or has a slash.
///
/// Errors: usage_error as above, and for what is neither
scenario load_scenario(const std::string& name_or_file);

}  // namespace kapacitor::generator
