#pragma once

#include <chrono>
#include <cstdint>

#include "line/batch.hpp"

namespace kapacitor::generator {

/// The time between two ticks, exactly: numerator / denominator ns.
struct tick_interval {
  std::int64_t numerator = 1'000'000'000;
  std::int64_t denominator = 1;

  /// For `points` per tick at that many thousandths of a point per second.
  static tick_interval of_rate(std::size_t points, std::int64_t milli_rate);
};

/// When each tick is due, on the steady clock, and the time its points carry.
///
/// Everything is counted from the start, so that nothing drifts however late a tick came. Times
/// strictly increase from tick to tick if the interval is 1 ns at least.
class schedule {
 public:
  schedule(tick_interval interval, steady_time start, std::int64_t start_time)
      : interval_(interval), start_(start), start_time_(start_time) {}

  /// From the start to the tick, rounded down to whole ns.
  std::chrono::nanoseconds offset(std::int64_t tick) const;
  steady_time deadline(std::int64_t tick) const { return start_ + offset(tick); }
  std::int64_t time(std::int64_t tick) const { return start_time_ + offset(tick).count(); }
  /// How many ticks, from number 0 on, are due by now.
  std::int64_t due(steady_time now) const { return ticks_up_to(now - start_); }
  /// How many ticks, from number 0 on, have an offset of no more than that.
  std::int64_t ticks_up_to(std::chrono::nanoseconds offset) const;

 private:
  tick_interval interval_;
  steady_time start_;
  std::int64_t start_time_;
};

}  // namespace kapacitor::generator
