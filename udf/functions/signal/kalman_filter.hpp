#pragma once

#include <algorithm>

#include "functions/signal/filter_method.hpp"

namespace kapacitor::udf::functions {

/// Kalman's filter of a level that wanders: both noises are variances.
///
/// With the first value known to no better than a measurement, the level's variance in units of the
/// measurement's is always the gain of the last step, and only the noises' ratio matters.
///
/// Memory: the level, the gain
class kalman_filter final : public filter_method {
 public:
  kalman_filter(double process_noise, double measurement_noise)
      : ratio_(std::min(process_noise / measurement_noise, 1e300)) {}

  filtered take(double x, filter_memory& m) const override;
  bool fits(std::size_t values) const override { return values == 0 || values == 2; }
  void restore(filter_memory& m) const override;

 private:
  double ratio_;
};

}  // namespace kapacitor::udf::functions
