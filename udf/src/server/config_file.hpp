#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include <server/settings.hpp>

namespace kapacitor::udf::server {

/// Applies a TOML file whose keys are named like the flags.
///
///     function = ["moving_average", "ewma"]
///     threads = 2
///     max-message = "16MiB"
///
/// Errors: start_error "FILE:LINE:COLUMN: ..." saying what is wrong and what is allowed
void apply_config_file(const std::string& path, std::span<const setting> known, settings& to);

}  // namespace kapacitor::udf::server
