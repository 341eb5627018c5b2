#pragma once

#include <memory>

#include "base/metrics/metrics_server.hpp"
#include "base/net/event_loop.hpp"
#include "base/text/logger.hpp"
#include "run/preparation.hpp"
#include "run/run_report.hpp"
#include "run/run_state.hpp"
#include "run/settings.hpp"
#include "run/supervisor.hpp"
#include "run/targets.hpp"
#include "run/worker_pool.hpp"
#include "run/workload.hpp"

namespace kapacitor::generator {

/// One run of the generator, from the first question to the server to the summary: puts its parts
/// together.
///
/// Its own thread asks the servers, handles signals and shows how the run gets on; the workers'
/// threads make and send points.
///
/// Errors:  usage_error from the constructor, before anything was sent
/// Threads: one
class runner {
 public:
  runner(settings s, std::unique_ptr<workload> what);
  runner(const runner&) = delete;
  runner& operator=(const runner&) = delete;

  /// Runs to the end; the exit code.
  int run();

 private:
  void limit_lanes();
  void listen();
  observation look();
  worker_pool::hooks hooks();
  void send();

  settings settings_;
  logger console_;
  event_loop loop_;
  std::unique_ptr<workload> workload_;
  targets targets_;
  run_state state_;
  std::unique_ptr<preparation> preparation_;  // null: no server
  worker_pool workers_;
  run_report report_;
  supervisor supervisor_;
  std::unique_ptr<metrics_server> metrics_;
};

}  // namespace kapacitor::generator
