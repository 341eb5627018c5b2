#include "run/schedule.hpp"

#include <cmath>
#include <numeric>

namespace kapacitor::generator {
namespace {

// Ticks times numerator exceeds 64 bits within minutes at high rates.
__extension__ using wide = __int128;
using std::chrono::nanoseconds;

nanoseconds narrow(wide ns) {
  return nanoseconds(static_cast<std::int64_t>(ns));
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
  const auto n = static_cast<std::int64_t>(points) * 1'000'000;
  // points * 1e12 / milli_rate; the factor 1e6 that is left goes where it does not overflow.
  const auto common = std::gcd(std::int64_t{1'000'000}, milli_rate);
  return {n * (1'000'000 / common), milli_rate / common};
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
  return narrow(wide{elapsed.count()} * 1000 / pace_.milli_speed);
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
