#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "base/delivery/leg.hpp"
#include "run/run_state.hpp"
#include "run/tally.hpp"
#include "source/feed.hpp"

namespace kapacitor::generator {

/// A part of the stream on its way: a feed, and the legs that each get all of its batches.
///
/// One request is under way per leg, so that the points of a series stay in their order.
///
/// Threads: one at a time
class lane final : private batch_sink {
 public:
  struct plan {
    std::unique_ptr<feed> from;
    std::vector<leg::plan> legs;
    std::chrono::nanoseconds max_retry_time{0};  // 0: forever, and for a while after the feed's end
    run_state* shared = nullptr;
    log_fn log;
    std::function<void()> create_database;
  };

  explicit lane(plan p);
  ~lane() override = default;

  /// Makes and sends what is due. Returns: when to call again; the past: at once.
  steady_time step(steady_time now);
  /// Makes no more points; step() sends what is left, until then.
  void stop(steady_time by);
  /// Sends nothing more.
  void abort();
  void database_answered(const server_answer& a, steady_time now);

  /// There is nothing left to do, or no time left to do it.
  bool finished() const { return finished_; }
  /// Why the whole run has to end.
  const std::optional<run_ended>& failure() const { return failure_; }
  tally totals() const;

 private:
  void add(batch&& b) override;
  bool busy() const override;
  steady_time pump(steady_time now);
  void check_ended(const leg& l);
  void check_rejected();

  plan plan_;
  std::unique_ptr<feed> feed_;
  std::vector<std::unique_ptr<leg>> legs_;
  steady_time stop_by_ = steady_time::max();
  std::uint64_t rejected_ = 0;
  bool limited_ = false, finished_ = false;
  std::optional<run_ended> failure_;
};

}  // namespace kapacitor::generator
