#pragma once

#include <chrono>
#include <cstdint>
#include <functional>

#include "base/numbers/random.hpp"
#include "run/schedule.hpp"
#include "source/feed.hpp"
#include "source/source.hpp"

namespace kapacitor::generator {

/// Makes the points of a source, tick by tick.
class tick_feed final : public feed {
 public:
  struct plan {
    pace at;
    std::int64_t start_time = 0;          // ns since 1970-01-01 UTC
    std::uint64_t points = 0;             // to make in all; 0: no limit
    std::chrono::nanoseconds duration{};  // ticks before that; 0: no limit
    bool at_once = false;                 // as fast as they are taken, not when they are due
    std::chrono::nanoseconds jitter{};    // a tick comes up to that later than it is due
    std::uint64_t seed = 1;               // of the jitter
    bool skip_late = false;  // a tick that is late by an interval and 10 ms is left out
    std::int64_t unit = 1;   // ns; times in the lines are multiples of it
    std::function<std::int64_t()> clock;  // if there is one, times are its, not the schedule's
    std::chrono::nanoseconds flush = std::chrono::milliseconds(100);  // the longest a point waits
    batcher::limits batch;
  };

  tick_feed(source& from, plan p, steady_time start);

  void produce(steady_time now, batch_sink& to) override;
  steady_time wake(steady_time now, const batch_sink& to) const override;
  void stop(batch_sink& to) override;

  bool finished() const override { return finished_; }
  const histogram& lateness() const override { return lateness_; }
  std::int64_t skipped() const override { return skipped_; }

 private:
  std::int64_t last_tick() const;
  void enter(std::int64_t tick);
  bool tick_ready(steady_time now);
  void skip_missed(steady_time now);
  std::int64_t time_now();
  std::size_t produce_some(std::size_t most);
  void end();
  void flush_if_due(steady_time now);

  source& source_;
  plan plan_;
  schedule schedule_;
  random_stream jitter_;
  batch_sink* sink_ = nullptr;  // of the call under way
  batcher batcher_;
  std::int64_t end_;             // one past the last tick
  std::int64_t tick_ = 0;        // the one to be made, or in the making
  steady_time deadline_{};       // its, with jitter
  std::int64_t time_ = 0;        // of its points, in units
  std::int64_t last_clock_ = 0;  // ns
  std::size_t within_ = 0;       // how many of its points are made
  std::uint64_t made_ = 0;       // points, in all
  bool finished_ = false;
  histogram lateness_;
  std::int64_t skipped_ = 0;
};

}  // namespace kapacitor::generator
