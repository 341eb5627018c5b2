#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "run/run_state.hpp"
#include "run/settings.hpp"
#include "run/targets.hpp"
#include "run/worker.hpp"
#include "run/workload.hpp"

namespace kapacitor::generator {

/// The threads of a run, with the lanes that they bring on their way.
///
/// Threads: one at a time; the hooks are called by the workers' threads
class worker_pool {
 public:
  struct hooks {
    log_fn log;
    /// A lane's database is gone; database_answered() is to be called once it is there again.
    std::function<void()> create_database;
    /// The thread of that worker has come to its end: take_ended() is to be called.
    std::function<void(std::size_t worker)> ended;
  };

  /// `what`, `to` and `shared` must live as long.
  worker_pool(workload& what, targets& to, run_state& shared, hooks h);

  void start(const request_settings& how, workload::beginning b);
  bool started() const { return !workers_.empty(); }
  /// How many of them have not come to their end.
  std::size_t running() const { return running_; }
  /// Returns: why the whole run has to end, if it has to.
  const std::optional<run_ended>& take_ended(std::size_t worker);

  void stop(steady_time by);
  void abort();
  /// Waits for all of them. REQUIRES: stopped or aborted
  void join();
  void database_answered(const server_answer& a);
  /// Has the files of labels opened again, by the one thread that writes them.
  void reopen_labels();

  /// Of all lanes; of a worker that hangs what it had come to before.
  tally totals();

 private:
  std::unique_ptr<lane> make_lane(std::size_t index, const request_settings& how, worker& in,
                                  workload::beginning b);

  workload& workload_;
  targets& targets_;
  run_state& state_;
  hooks hooks_;
  std::vector<std::unique_ptr<worker>> workers_;
  std::vector<tally> last_known_;  // of each worker
  std::vector<bool> ended_;
  std::size_t running_ = 0;
};

}  // namespace kapacitor::generator
