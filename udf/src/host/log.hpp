#pragma once

#include <memory>
#include <string>

#include <spdlog/logger.h>

namespace kapacitor::udf::host {

/// The program's log: lines on stderr, which make way for the progress line.
spdlog::logger& log();

/// Sets the level: trace, debug, info, warn, error or off. Errors: usage_error
void set_log_level(const std::string& level);

}  // namespace kapacitor::udf::host
