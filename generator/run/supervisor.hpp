#pragma once

#include "base/net/event_loop.hpp"
#include "run/clock_watch.hpp"
#include "run/console.hpp"
#include "run/preparation.hpp"
#include "run/progress.hpp"
#include "run/run_report.hpp"
#include "run/settings.hpp"
#include "run/worker_pool.hpp"

namespace kapacitor::generator {

/// Watches over the workers of a run: signals, the machine's clock, a database that is gone, how
/// the run gets on.
///
/// Threads: that of the loop
class supervisor {
 public:
  struct parts {
    event_loop& loop;
    worker_pool& workers;
    run_report& report;
    console& out;
    preparation* server;  // null: points go to no server
  };

  supervisor(const settings& s, parts p);

  /// Until no worker runs any more.
  void run(workload::beginning b);

  // For the workers' hooks, by the loop's thread.

  void worker_ended(std::size_t index);
  void make_database_again();

 private:
  void handle_signals(steady_time now);
  void stop(steady_time now);
  void leave_hung();
  void check_clock(steady_time now);

  const settings& settings_;
  parts parts_;
  progress progress_;
  clock_watch clock_watch_;
  bool database_asked_ = false, stopping_ = false, forced_ = false;
  steady_time force_at_ = steady_time::max();
};

}  // namespace kapacitor::generator
