#include "run/schedule.hpp"

#include <numeric>

namespace kapacitor::generator {
namespace {

// Ticks times numerator exceeds 64 bits within minutes at high rates.
__extension__ using wide = __int128;

}  // namespace

tick_interval tick_interval::of_rate(std::size_t points, std::int64_t milli_rate) {
  const auto n = static_cast<std::int64_t>(points) * 1'000'000;
  // points * 1e12 / milli_rate; the factor 1e6 that is left goes where it does not overflow.
  const auto common = std::gcd(std::int64_t{1'000'000}, milli_rate);
  return {n * (1'000'000 / common), milli_rate / common};
}

std::chrono::nanoseconds schedule::offset(std::int64_t tick) const {
  const auto ns = wide{tick} * interval_.numerator / interval_.denominator;
  return std::chrono::nanoseconds(static_cast<std::int64_t>(ns));
}

std::int64_t schedule::ticks_up_to(std::chrono::nanoseconds offset) const {
  if (offset.count() < 0) return 0;
  const auto last = ((wide{offset.count()} + 1) * interval_.denominator - 1) / interval_.numerator;
  return static_cast<std::int64_t>(last) + 1;
}

}  // namespace kapacitor::generator
