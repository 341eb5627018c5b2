#pragma once

#include <cstdint>
#include <limits>

namespace kapacitor {

// Arithmetic on times and durations, ns, that stays at the ends of its range instead of wrapping.

constexpr std::int64_t saturated_add(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  if (!__builtin_add_overflow(a, b, &sum)) return sum;
  return b > 0 ? std::numeric_limits<std::int64_t>::max()
               : std::numeric_limits<std::int64_t>::min();
}

constexpr std::int64_t saturated_sub(std::int64_t a, std::int64_t b) {
  std::int64_t difference = 0;
  if (!__builtin_sub_overflow(a, b, &difference)) return difference;
  return b < 0 ? std::numeric_limits<std::int64_t>::max()
               : std::numeric_limits<std::int64_t>::min();
}

constexpr std::int64_t saturated_mul(std::int64_t a, std::int64_t b) {
  std::int64_t product = 0;
  if (!__builtin_mul_overflow(a, b, &product)) return product;
  return (a < 0) == (b < 0) ? std::numeric_limits<std::int64_t>::max()
                            : std::numeric_limits<std::int64_t>::min();
}

/// `time` in ns, rounded down to whole units.
constexpr std::int64_t in_units(std::int64_t time, std::int64_t unit) {
  return time >= 0 ? time / unit : -1 - (-(time + 1)) / unit;
}

/// A whole number of a real one, cut off; NaN is 0.
constexpr std::int64_t saturated_from(double x) {
  constexpr double limit = 9223372036854775808.0;  // 2^63
  if (x >= limit) return std::numeric_limits<std::int64_t>::max();
  if (x < -limit) return std::numeric_limits<std::int64_t>::min();
  return x == x ? static_cast<std::int64_t>(x) : 0;
}

}  // namespace kapacitor
