#pragma once

#include <memory>
#include <string>

#include <spdlog/logger.h>

#include "base/text/log.hpp"

namespace kapacitor::udf::host {

/// The program's log: lines on stderr, which make way for the progress line.
spdlog::logger& log();

/// The same for what is told in levels of our own.
log_fn log_function();

/// Sets the level: trace, debug, info, warn, error or off. Errors: usage_error
void set_log_level(const std::string& level);

}  // namespace kapacitor::udf::host
