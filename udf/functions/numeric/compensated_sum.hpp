#pragma once

#include <cmath>
#include <tuple>

#include "functions/numeric/two_sum.hpp"

namespace kapacitor::udf::functions {

/// A sum held to about 106 bits: a value that is added and later subtracted again leaves no trace,
/// unless it was larger than the rest by far more than the 53 bits of a double.
///
/// Cost: O(1); 16 bytes
class compensated_sum {
 public:
  compensated_sum() = default;
  explicit compensated_sum(double x) : sum_(x) {}

  void add(double x) {
    const auto [sum, rest] = two_sum(sum_, x);
    rest_ += rest;
    sum_ = sum;
  }
  void add(const compensated_sum& other) {
    add(other.sum_);
    rest_ += other.rest_;
  }
  /// Not finite if the sum is beyond a double.
  double value() const { return sum_ + rest_; }
  bool is_finite() const { return std::isfinite(sum_) && std::isfinite(rest_); }
  void clear() { sum_ = rest_ = 0; }

  auto state() { return std::tie(sum_, rest_); }

 private:
  double sum_ = 0, rest_ = 0;
};

}  // namespace kapacitor::udf::functions
