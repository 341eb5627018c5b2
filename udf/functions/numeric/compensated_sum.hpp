#pragma once

#include <tuple>

namespace kapacitor::udf::functions {

/// A sum held to about 106 bits: what comes and goes again leaves nothing that shows, unless it was
/// larger than the rest by far more than a double can tell apart.
///
/// Source: Knuth's TwoSum (The Art of Computer Programming, vol. 2, 4.2.2)
class compensated_sum {
 public:
  void add(double x) {
    const double total = sum_ + x;
    const double part = total - sum_;
    rest_ += (sum_ - (total - part)) + (x - part);
    sum_ = total;
  }
  double value() const { return sum_ + rest_; }
  void clear() { sum_ = rest_ = 0; }

  auto state() { return std::tie(sum_, rest_); }

 private:
  double sum_ = 0, rest_ = 0;
};

}  // namespace kapacitor::udf::functions
