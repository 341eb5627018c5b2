#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/net/event_loop.hpp"
#include "run/clock_watch.hpp"
#include "base/text/logger.hpp"
#include "run/metrics_server.hpp"
#include "run/preparation.hpp"
#include "run/run_state.hpp"
#include "run/settings.hpp"
#include "run/summary.hpp"
#include "run/targets.hpp"
#include "run/worker.hpp"
#include "run/workload.hpp"

namespace kapacitor::generator {

/// One run of the generator, from the first question to the server to the summary.
///
/// Its own thread asks the servers, handles signals and shows what goes on; the workers' threads
/// make and send points.
///
/// Errors:  usage_error from the constructor, before anything was sent
/// Threads: one
class runner {
 public:
  runner(settings s, std::unique_ptr<workload> what);
  ~runner();
  runner(const runner&) = delete;
  runner& operator=(const runner&) = delete;

  /// Runs to the end; the exit code.
  int run();

 private:
  void check_report() const;
  void clamp_lanes();
  void listen();
  void start();
  void make_workers();
  std::unique_ptr<lane> make_lane(std::size_t index, std::size_t of, worker& in);
  void worker_ended(std::size_t index);
  void supervise();
  void handle_signals(steady_time now);
  void stop(steady_time now);
  void leave_hung();
  void reopen_labels();
  void make_database_again();
  void show_progress(steady_time now);
  void check_clock(steady_time now);
  tally so_far();
  summary make_summary();
  int exit_code(const tally& t) const;
  std::string truth_error() const;
  int conclude();
  /// Returns: whether it could be written.
  bool write_report(const summary& s);

  settings settings_;
  logger console_;
  event_loop loop_;
  std::unique_ptr<workload> workload_;
  targets targets_;
  run_state state_;
  std::unique_ptr<preparation> preparation_;  // null: no server
  std::unique_ptr<metrics_server> metrics_;
  std::vector<std::unique_ptr<worker>> workers_;
  std::vector<tally> last_known_;  // of each worker
  std::vector<bool> ended_workers_;
  std::size_t running_ = 0;

  workload::beginning began_{};
  clock_watch clock_watch_;
  bool database_asked_ = false, stopping_ = false, forced_ = false;
  steady_time force_at_ = steady_time::max();
  steady_time progress_at_ = steady_time::max();
  std::uint64_t shown_ = 0;  // accepted points when progress was last shown
  steady_time shown_at_{};
  std::optional<run_ended> ended_;  // early, and why
};

}  // namespace kapacitor::generator
