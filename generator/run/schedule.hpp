#pragma once

#include <chrono>
#include <cstdint>

#include "base/line/batch.hpp"
#include "base/numbers/saturated.hpp"

namespace kapacitor::generator {

/// The time between two ticks, exactly: numerator / denominator ns.
struct tick_interval {
  std::int64_t numerator = 1'000'000'000;
  std::int64_t denominator = 1;

  /// For `points` per tick at that many thousandths of a point per second.
  static tick_interval of_rate(std::size_t points, std::int64_t milli_rate);
};

/// How fast the ticks come.
struct pace {
  tick_interval interval{};
  std::chrono::nanoseconds ramp{0};  // the rate grows linearly up to there; 0: it is there at once
  std::int64_t milli_speed = 1000;   // time passes that much faster, in thousandths
};

/// When each tick is due, on the steady clock, and the time its points carry.
///
/// Everything is counted from the start, so that nothing drifts however late a tick came. Times
/// strictly increase from tick to tick if the interval is 1 ns at least (with a ramp, 2 ns).
class schedule {
 public:
  using nanoseconds = std::chrono::nanoseconds;

  schedule(pace p, steady_time start, std::int64_t start_time);

  /// Number times interval, rounded down to whole ns: what signals are computed from.
  nanoseconds offset(std::int64_t tick) const;
  /// From the first tick to this one, in the time that the points carry.
  nanoseconds elapsed(std::int64_t tick) const { return after_ramp(offset(tick)); }
  std::int64_t time(std::int64_t tick) const {
    return saturated_add(start_time_, elapsed(tick).count());
  }

  steady_time deadline(std::int64_t tick) const { return start_ + real_time(elapsed(tick)); }
  /// How many ticks, from number 0 on, are due by now.
  std::int64_t due(steady_time now) const;
  /// How many ticks, from number 0 on, have at most that elapsed.
  std::int64_t ticks_up_to(nanoseconds elapsed) const;

 private:
  nanoseconds after_ramp(nanoseconds offset) const;
  nanoseconds before_ramp(nanoseconds elapsed) const;
  nanoseconds real_time(nanoseconds elapsed) const;

  pace pace_;
  steady_time start_;
  std::int64_t start_time_;
};

}  // namespace kapacitor::generator
