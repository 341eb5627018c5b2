#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>

namespace kapacitor::generator {

/// How many ticks of `interval` seconds a duration lasts, to the nearest; at least 1, at most 2^62.
inline std::int64_t ticks_in(std::chrono::nanoseconds duration, double interval) {
  const double ticks = std::chrono::duration<double>(duration).count() / interval;
  return std::llround(std::clamp(ticks, 1.0, 0x1p62));
}

}  // namespace kapacitor::generator
