#pragma once

#include <algorithm>

namespace kapacitor::udf::functions {

/// Where values usually are: between low and high, and how far from there they stray. Part of
/// outlier_score.
struct usual_range {
  static constexpr double most_score = 1e6;

  double low = 0, high = 0;  // the same if a mean or a median stands for all
  double spread = 0;

  /// How many spreads x is above high, or, negative, below low. If the spread is 0, any distance
  /// is the most there is.
  double score(double x) const {
    const double distance = x > high ? x - high : x < low ? x - low : 0;
    if (distance == 0) return 0;
    if (!(spread > 0)) return distance > 0 ? most_score : -most_score;
    return std::clamp(distance / spread, -most_score, most_score);
  }
  double lower(double threshold) const { return low - threshold * spread; }
  double upper(double threshold) const { return high + threshold * spread; }
};

}  // namespace kapacitor::udf::functions
