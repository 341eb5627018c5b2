#pragma once

#include <cmath>
#include <cstdint>
#include <tuple>

#include "functions/numeric/two_sum.hpp"
#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

/// The mean of all values that came, without keeping them.
///
/// Held to about 106 bits: a step that is too small for the mean alone is not lost, so that the
/// mean of 10⁹ values around 10⁹ still moves.
///
/// Cost: O(1); 24 bytes
class running_mean {
 public:
  std::uint64_t count() const { return n_; }
  double value() const { return mean_; }
  /// x − mean; infinite if that is beyond a double.
  double distance(double x) const { return (x - mean_) - rest_; }
  /// This mean − the other, of which both may have a large part in common.
  double minus(const running_mean& other) const {
    return (mean_ - other.mean_) + (rest_ - other.rest_);
  }

  void add(double x) {
    if (++n_ == 1) {
      mean_ = x;
      rest_ = 0;
      return;
    }
    const auto n = static_cast<double>(n_);
    double step = distance(x) / n;
    if (!std::isfinite(step)) [[unlikely]]
      step = x / n - mean_ / n;
    move(step);
  }
  /// Adds `step` to the mean.
  void move(double step) {
    const auto moved = two_sum(mean_, step);
    rest_ += moved.rest;
    mean_ = moved.sum + rest_;
    rest_ -= mean_ - moved.sum;
  }
  void assign(std::uint64_t count, double mean) {
    n_ = count;
    mean_ = mean;
    rest_ = 0;
  }
  void set_count(std::uint64_t n) { n_ = n; }
  void clear() { assign(0, 0); }

  auto state() { return std::tie(n_, mean_, rest_); }
  void check_state() const {
    if (n_ > (std::uint64_t{1} << 62) || !std::isfinite(mean_) || !std::isfinite(rest_))
      throw udf::state_error("the snapshot has an impossible mean");
  }

 private:
  std::uint64_t n_ = 0;
  double mean_ = 0, rest_ = 0;  // the mean is mean_ + rest_
};

}  // namespace kapacitor::udf::functions
