#include "run/schedule.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace kapacitor::generator {
namespace {

// Ticks times numerator exceeds 64 bits within minutes at high rates.
__extension__ using wide = __int128;
using std::chrono::nanoseconds;

nanoseconds narrow(wide ns) {
  constexpr wide most = std::numeric_limits<std::int64_t>::max();
  return nanoseconds(static_cast<std::int64_t>(std::clamp(ns, -most, most)));
}

wide common_divisor(wide a, wide b) {
  while (b != 0) a = std::exchange(b, a % b);
  return a;
}

/// Exactly the root, rounded down.
std::int64_t root(wide square) {
  auto guess = static_cast<std::int64_t>(std::sqrt(static_cast<long double>(square)));
  while (wide{guess} * guess > square) --guess;
  while (wide{guess + 1} * (guess + 1) <= square) ++guess;
  return guess;
}

}  // namespace

tick_interval tick_interval::of_rate(std::size_t points, std::int64_t milli_rate) {
  auto numerator = wide{points} * 1'000'000'000'000;
  wide denominator = std::max<std::int64_t>(milli_rate, 1);
  const auto common = common_divisor(numerator, denominator);
  numerator /= common;
  denominator /= common;
  constexpr wide most = std::numeric_limits<std::int64_t>::max();
  if (numerator > most) {
    // So many series and so odd a rate: to a part in 10^15 of the interval, not exactly.
    const auto scale =
        std::clamp<wide>(most / (std::max<wide>(numerator / denominator, 0) + 1), 1, 1'000'000);
    numerator = std::min(numerator * scale / denominator, most);
    denominator = scale;
  }
  return {static_cast<std::int64_t>(numerator), static_cast<std::int64_t>(denominator)};
}

schedule::schedule(pace p, steady_time start, std::int64_t start_time)
    : pace_(p), start_(start), start_time_(start_time) {
  // Even, so that the end of the ramp is a whole ns on both sides.
  pace_.ramp -= nanoseconds(pace_.ramp.count() % 2);
}

nanoseconds schedule::offset(std::int64_t tick) const {
  return narrow(wide{tick} * pace_.interval.numerator / pace_.interval.denominator);
}

// With a rate that grows as t / ramp, t^2 / (2 ramp) of the nominal time has passed by t.
nanoseconds schedule::after_ramp(nanoseconds offset) const {
  if (offset >= pace_.ramp / 2) return offset + pace_.ramp / 2;
  return nanoseconds(root(wide{2} * pace_.ramp.count() * offset.count()));
}

nanoseconds schedule::before_ramp(nanoseconds elapsed) const {
  if (elapsed >= pace_.ramp) return elapsed - pace_.ramp / 2;
  const wide next = wide{elapsed.count()} + 1;
  return narrow((next * next - 1) / (wide{2} * pace_.ramp.count()));
}

nanoseconds schedule::real_time(nanoseconds elapsed) const {
  // The clock must not overflow, however slowly the time passes.
  constexpr nanoseconds longest = std::chrono::hours(24 * 365 * 100);
  return std::min(narrow(wide{elapsed.count()} * 1000 / pace_.milli_speed), longest);
}

std::int64_t schedule::due(steady_time now) const {
  const nanoseconds passed = now - start_;
  if (passed.count() < 0) return 0;
  return ticks_up_to(narrow(((wide{passed.count()} + 1) * pace_.milli_speed - 1) / 1000));
}

std::int64_t schedule::ticks_up_to(nanoseconds elapsed) const {
  if (elapsed.count() < 0) return 0;
  const wide next = wide{before_ramp(elapsed).count()} + 1;
  const auto last = (next * pace_.interval.denominator - 1) / pace_.interval.numerator;
  return static_cast<std::int64_t>(last) + 1;
}

}  // namespace kapacitor::generator
