#pragma once

#include <chrono>
#include <cstdint>
#include <functional>

#include "run/feed.hpp"
#include "run/schedule.hpp"
#include "source/source.hpp"

namespace kapacitor::generator {

/// Makes the points of a source, tick by tick.
class tick_feed final : public feed {
 public:
  struct plan {
    tick_interval interval;
    std::int64_t start_time = 0;          // ns since 1970-01-01 UTC
    std::uint64_t points = 0;             // to make in all; 0: no limit
    std::chrono::nanoseconds duration{};  // ticks before that; 0: no limit
    bool at_once = false;                 // as fast as they are taken, not when they are due
    std::chrono::nanoseconds flush = std::chrono::milliseconds(100);  // the longest a point waits
    batcher::limits batch;
  };
  struct sink {
    std::function<void(batch&&)> add;
    std::function<bool()> busy;  // asked with at_once: whether there is enough for now
  };

  tick_feed(source& from, const plan& p, sink to, steady_time start);

  void produce(steady_time now) override;
  steady_time wake(steady_time now) const override;
  void stop() override;

  bool finished() const override { return finished_; }
  const histogram& lateness() const override { return lateness_; }
  std::int64_t skipped() const override { return skipped_; }
  const schedule& times() const { return schedule_; }

 private:
  std::int64_t last_tick() const;
  bool tick_ready(steady_time now);
  std::size_t produce_some(std::size_t most);
  void flush_if_due(steady_time now);

  source& source_;
  plan plan_;
  sink sink_;
  schedule schedule_;
  batcher batcher_;
  std::int64_t end_;        // one past the last tick
  std::int64_t tick_ = 0;   // the one to be made, or in the making
  std::size_t within_ = 0;  // how many of its points are made
  std::uint64_t made_ = 0;  // points, in all
  bool finished_ = false;
  histogram lateness_;
  std::int64_t skipped_ = 0;
};

}  // namespace kapacitor::generator
