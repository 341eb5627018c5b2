#pragma once

#include "base/text/logger.hpp"

namespace kapacitor::udf::host {

/// The log of the program: on stderr from `info` on, until start_log() replaces it.
logger& log();

/// Replaces the program's log, before anything else runs. Errors: start_error naming --log-file
void start_log(const log_settings& settings);

}  // namespace kapacitor::udf::host
