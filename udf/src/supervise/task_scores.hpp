#pragma once

#include <cstddef>
#include <cstdint>
#include <map>

#include "metrics/scoreboard.hpp"
#include "metrics/seat_plan.hpp"
#include "supervise/saved_state.hpp"

namespace kapacitor::udf::supervise {

/// What the workers of a function say of its connections, on a scoreboard. A worker that takes over
/// repeats what came since the last snapshot, and counts it once more: so what its predecessor had
/// counted by then is kept, and the rest forgotten.
///
/// Threads: one at a time
class task_scores {
 public:
  /// Errors: start_error
  task_scores() = default;
  explicit task_scores(const saved_scores& saved);

  /// Another descriptor of the scoreboard, for a worker; -1 if there is none left.
  int shared() const;
  /// A connection gets another worker, which is to write to this seat.
  std::size_t seat_for(std::uint64_t connection);
  void snapshot_taken(std::uint64_t connection);
  void ended(std::uint64_t connection);

  /// Of all its workers together.
  metrics::score of(std::uint64_t connection) const;

  /// Of the worker that has it now.
  metrics::warning warned(std::uint64_t connection) const;
  metrics::watched_group watch(std::uint64_t connection, const metrics::watch_request& r);

  saved_scores saved() const;

 private:
  struct task {
    std::size_t seat = metrics::scoreboard::nowhere;
    // Counted by workers before this one, and by all up to the last snapshot.
    agent::session_totals before = {}, kept = {};
    metrics::work_times worked = {};  // by workers before this one, what was repeated included
  };

  metrics::scoreboard board_;
  metrics::seat_plan seats_;
  std::map<std::uint64_t, task> tasks_;
};

}  // namespace kapacitor::udf::supervise
