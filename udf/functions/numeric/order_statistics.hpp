#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>

// Of values in order of size: anything with size(), at least 1, and operator[].
namespace kapacitor::udf::functions {

template <class Sorted>
double median(const Sorted& values) {
  const auto half = values.size() / 2;
  return values.size() % 2 ? values[half] : std::midpoint(values[half - 1], values[half]);
}

/// The value below which the `part` (0 to 1) of the others lies, by linear interpolation: 1 + (n −
/// 1) · part is its place among the n. As NumPy computes it, to the last bit.
template <class Sorted>
double quantile(const Sorted& values, double part) {
  const auto last = values.size() - 1;
  const double place = part * static_cast<double>(last);
  const auto below = std::min(last, static_cast<std::size_t>(place));
  if (below == last) return values[last];
  const double t = place - static_cast<double>(below);
  const double a = values[below];
  if (t == 0) return a;
  const double b = values[below + 1];
  const double apart = b - a;
  if (!std::isfinite(apart)) return a * (1 - t) + b * t;
  return t < 0.5 ? a + apart * t : b - apart * (1 - t);
}

/// The median of |x − m|, with m the values' median. Infinite if such a distance is.
///
/// The distances of those below m and of those above it are in order already: a binary search finds
/// how many of the nearer half are below.
/// Cost: O(log n) look-ups
template <class Sorted>
double median_distance(const Sorted& values, double m) {
  const auto n = values.size();
  const auto half = n / 2;  // as many are on the left
  const auto left = [&](std::size_t i) { return m - values[half - 1 - i]; };
  const auto right = [&](std::size_t i) { return values[half + i] - m; };
  std::size_t least = 0, most = half;  // of the left among the nearest `half`
  while (least < most) {
    const auto i = (least + most) / 2;
    if (left(i) < right(half - i - 1)) {
      least = i + 1;
    } else {
      most = i;
    }
  }
  const auto others = half - least;
  double next = HUGE_VAL;
  if (least < half) next = left(least);
  if (others < n - half) next = std::min(next, right(others));
  if (n % 2) return next;
  double last = 0;
  if (least > 0) last = left(least - 1);
  if (others > 0) last = std::max(last, right(others - 1));
  return std::midpoint(last, next);
}

}  // namespace kapacitor::udf::functions
