#pragma once

#include <chrono>
#include <cstddef>

#include "base/text/log.hpp"
#include "metrics/group_tap.hpp"
#include "metrics/scoreboard.hpp"
#include "session/session.hpp"

namespace kapacitor::udf::server {

/// Says on a scoreboard what a connection does. Threads: the connection's
class score_keeper {
 public:
  /// Lifetime: the scoreboard must outlive it
  score_keeper(metrics::scoreboard& board, std::size_t seat)
      : board_(board),
        seat_(seat),
        wanted_(board.wanted(seat)),
        tap_(board.watches(), seat, wanted_) {}

  /// A log that remembers the last warning. Lifetime: this object must outlive it
  log_sink remembering(log_sink log);

  /// Before a piece of work: shows its points, if somebody watches.
  void before_work(agent::session& s) {
    const bool asked = wanted_.load(std::memory_order_relaxed) != 0;
    if (asked || shown_) [[unlikely]]
      show(s);
  }
  /// After it, and before its output is written: who reads a snapshot finds its totals.
  void after_work(const agent::session& s, std::chrono::nanoseconds took);

 private:
  void show(agent::session& s);

  metrics::scoreboard& board_;
  const std::size_t seat_;
  std::atomic<std::uint64_t>& wanted_;
  metrics::group_tap tap_;
  metrics::score score_;
  bool shown_ = false;
};

}  // namespace kapacitor::udf::server
