#pragma once

#include <cstdint>
#include <optional>
#include <tuple>
#include <utility>

#include "functions/numeric/sliding_comoments.hpp"
#include "functions/windows/window.hpp"

namespace kapacitor::udf::functions {

/// The slope of the least squares line through a window's values: per second if the window has a
/// period, else per point. Part of moving_stats.
///
/// Cost: O(1) amortised
class moving_slope {
 public:
  explicit moving_slope(const window_options& o) : timed_(o.period.count() > 0) {}

  /// Before the oldest leaves the window.
  void oldest_leaves(const value_window& w);
  /// After a value was taken into the window.
  void newest_came(const value_window& w);
  /// Empty if all are at one time, or beyond 1e140.
  std::optional<double> slope() const;

  auto state() { return std::tie(origin_, sums_); }
  void restored(const value_window& w) {
    sums_.restored(w.size(), [&](std::size_t i) { return at(w, i); });
  }

 private:
  /// Where the i-th is on the axis, and its value.
  std::pair<double, double> at(const value_window& w, std::size_t i) const;

  bool timed_;
  std::uint64_t origin_ = 0;  // ns since 1970; without a period: how many left since it was set
  sliding_comoments sums_;
};

}  // namespace kapacitor::udf::functions
