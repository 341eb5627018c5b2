#pragma once

namespace kapacitor::udf::functions {

/// A sum and what rounding took from it: sum + rest is exact.
struct exact_sum {
  double sum, rest;
};

/// a + b without rounding, if the sum is finite.
///
/// Source: Donald E. Knuth, The Art of Computer Programming, vol. 2, 4.2.2 (TwoSum)
inline exact_sum two_sum(double a, double b) {
  const double sum = a + b, part = sum - a;
  return {sum, (a - (sum - part)) + (b - part)};
}

}  // namespace kapacitor::udf::functions
