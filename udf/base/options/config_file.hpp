#pragma once

#include <string>
#include <string_view>

#include "base/options/given.hpp"

namespace kapacitor {

/// Reads TOML whose keys are named like the flags. A table named like a command holds keys for that
/// command alone, which override those outside; keys outside of tables that the command does not
/// take, but another one does, are skipped.
///
///     log-level = "warn"
///     function = ["moving_average", "ewma"]
///     max-message = "16MiB"
///
///     [replay]
///     speed = 60
///
/// Returns: the options for that command
/// Errors:  usage_error "FILE:LINE:COLUMN: ..." that says what is wrong and what is allowed
given_options read_config(std::string_view text, const std::string& path, const option_table& table,
                          const std::string& command);

/// The same of a file. Errors: usage_error, also if the file cannot be read
given_options read_config_file(const std::string& path, const option_table& table,
                               const std::string& command);

}  // namespace kapacitor
