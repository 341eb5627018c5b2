#pragma once

#include <chrono>

#include "server/watchdog.hpp"
#include "session/session.hpp"
#include <kapacitor/udf/function.hpp>

namespace kapacitor::udf::server {

struct stdio_settings {
  agent::session_settings session;
  watchdog_settings heartbeats;
  int in = 0, out = 1;
  std::chrono::milliseconds stop_within{2000};  // for a reader that does not read the last answers
};

/// Serves a function on stdin and stdout, for one task: a process of Kapacitor's own.
///
/// Ends with stdin, when stdout is closed, or on SIGTERM or SIGINT, once what had been received by
/// then is answered.
/// Returns: the exit code: 0; 1 where the task failed
int serve_stdio(const function& f, const stdio_settings& settings, const log_sink& log);

}  // namespace kapacitor::udf::server
