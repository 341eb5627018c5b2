#pragma once

#include <span>
#include <string>
#include <string_view>

#include "program/settings.hpp"

namespace kapacitor::udf::server {

/// Applies TOML text; `path` is for the messages. See apply_config_file.
void apply_config(std::string_view text, const std::string& path, std::span<const setting> known,
                  settings& to);

/// Applies a TOML file whose keys are named like the flags.
///
///     function = ["moving_average", "ewma"]
///     threads = 2
///     max-message = "16MiB"
///
/// Errors: start_error "FILE:LINE:COLUMN: ..." saying what is wrong and what is allowed
void apply_config_file(const std::string& path, std::span<const setting> known, settings& to);

}  // namespace kapacitor::udf::server
