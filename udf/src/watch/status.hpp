#pragma once

#include <string>
#include <vector>

#include "supervise/view.hpp"

namespace kapacitor::udf::watch {

/// {"version", "time", "functions": [{"name", "socket", "ready", "workers", "workers_started",
/// "tasks": [{"task", "node", "points_in", "points_out", "skipped": {reason: n}, ...}]}]}.
/// Times: seconds; sizes: bytes
std::string status_of(const std::vector<supervise::function_view>& all);

/// What keeps the program from serving every task, in one line; empty: nothing does.
std::string not_ready(const std::vector<supervise::function_view>& all);

}  // namespace kapacitor::udf::watch
