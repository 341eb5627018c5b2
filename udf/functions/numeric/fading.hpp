#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

/// The weight of a new value in a mean over about the last `memory` values,
/// after `seen` of them.
inline double weight_of(double seen, double memory) {
  return seen + 1 < memory ? 1 / (seen + 1) : 1 / memory;
}

/// Takes x into a mean over about the last `memory` values.
inline void approach(double& mean, double x, double seen, double memory) {
  mean += weight_of(seen, memory) * (x - mean);
}

/// Mean and variance of which the past fades: the plain ones of the first points, then those of
/// about the last `memory`.
class fading_moments {
 public:
  double mean() const { return mean_; }
  double variance() const { return variance_; }
  /// seen: values before this one.
  void add(double x, double seen, double memory);

  auto state() { return std::tie(mean_, variance_); }
  /// For whoever has a state with it to check.
  bool is_possible() const {
    return std::isfinite(mean_) && std::isfinite(variance_) && variance_ >= 0;
  }

 private:
  double mean_ = 0, variance_ = 0;
};

/// The range that a value has had, slowly closing in again.
class fading_range {
 public:
  /// How far x lies outside, in widths of the range; at most 1000, which it is for any other x
  /// if the range has no width. What is not more than `noise` is no distance and no width.
  double excess(double x, double noise) const;
  double low() const { return low_; }
  double high() const { return high_; }
  /// Takes x in; then, if `shrink` is above 0, gives up that part of the width.
  void add(double x, bool first, double shrink);
  /// Takes x in as far as it is within `most` widths of the range; if the range has no width but
  /// `noise`, as it is. Then gives up a part of the width as above.
  struct limits {
    double most, noise, shrink;
  };
  void add(double x, const limits& l);

  auto state() { return std::tie(low_, high_); }
  bool is_possible() const { return std::isfinite(low_) && std::isfinite(high_) && low_ <= high_; }

 private:
  double low_ = 0, high_ = 0;
};

inline void fading_moments::add(double x, double seen, double memory) {
  const double a = weight_of(seen, memory);
  const double d = x - mean_;
  mean_ += a * d;
  variance_ = (1 - a) * (variance_ + a * d * d);
}

inline double fading_range::excess(double x, double noise) const {
  const double beyond = std::max(x - high_, low_ - x);
  if (beyond <= noise) return 0;
  const double width = std::max(high_ - low_, noise);
  return width > 0 ? std::min(1000.0, beyond / width) : 1000;
}

inline void fading_range::add(double x, bool first, double shrink) {
  low_ = first ? x : std::min(low_, x);
  high_ = first ? x : std::max(high_, x);
  const double h = 0.5 * shrink * (high_ - low_);
  if (!std::isfinite(h)) return;
  low_ += h;
  high_ -= h;
}

inline void fading_range::add(double x, const limits& l) {
  const double width = high_ - low_;
  const double most = width > l.noise ? l.most * width : std::numeric_limits<double>::infinity();
  add(std::clamp(x, low_ - most, high_ + most), false, l.shrink);
}

}  // namespace kapacitor::udf::functions
