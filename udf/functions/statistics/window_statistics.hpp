#pragma once

#include <optional>
#include <tuple>

#include "functions/numeric/sliding_moments.hpp"
#include "functions/numeric/sorted_values.hpp"
#include "functions/statistics/moving_slope.hpp"
#include "functions/statistics/statistic.hpp"
#include "functions/windows/fixed_list.hpp"
#include "functions/windows/window.hpp"
#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

/// What the statistics asked for need beside the window.
struct statistic_needs {
  int order = 0;
  bool sorted = false;
  bool slope = false;

  void add(const statistic& s);
};

/// A window of one field, and statistics of it. Part of moving_stats.
class window_statistics {
 public:
  window_statistics(const window_options& o, const statistic_needs& needs);

  /// Returns: false if the point is too late to belong to the window; nothing has changed then.
  bool push(udf::timestamp time, double x);
  const value_window& window() const { return window_; }
  /// Of what was asked for. Empty if it cannot be computed. The window is not empty.
  std::optional<udf::value> of(const statistic& s) const;

  bool empty() const { return window_.size() == 0; }
  /// The time of the oldest point that still belongs to the window, if one came now.
  udf::timestamp earliest() const { return window_.earliest(); }

  auto state() { return std::tie(window_, moments_, slope_); }
  void check_state();

 private:
  void leaves(double x);
  double mean() const;
  std::optional<double> sum() const;
  std::optional<double> variance() const;
  std::optional<double> skew() const;
  std::optional<double> number(const statistic& s) const;
  double order_statistic(const statistic& s) const;

  value_window window_;
  bool needs_sorted_;
  sorted_values sorted_;
  fixed_list<sliding_moments> moments_;  // one or none
  fixed_list<moving_slope> slope_;       // one or none
};

}  // namespace kapacitor::udf::functions
