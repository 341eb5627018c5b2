#pragma once

#include <cstddef>
#include <optional>
#include <tuple>

#include "functions/detection/usual_range.hpp"
#include "functions/numeric/sliding_moments.hpp"
#include "functions/numeric/sorted_values.hpp"
#include "functions/windows/fixed_list.hpp"
#include "functions/windows/window.hpp"
#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

enum class range_method { zscore, robust, tukey, ewma };

/// The usual range of the values of a window. Part of outlier_score.
///
/// Cost: zscore O(1) amortised, robust and tukey as sorted_values
class windowed_range {
 public:
  windowed_range(const window_options& o, range_method method);

  /// Empty with less than two values, or if one is so large that it cannot be computed.
  std::optional<usual_range> range() const;
  std::size_t size() const { return window_.size(); }
  /// Returns: false if the point is too late to belong to the window; nothing has changed then.
  bool push(udf::timestamp time, double x);
  /// The time of the oldest point that still belongs to the window, if one came now.
  udf::timestamp earliest() const { return window_.earliest(); }
  const value_window& window() const { return window_; }

  auto state() { return std::tie(window_, moments_); }
  void check_state();

 private:
  usual_range about_mean() const;
  usual_range about_median() const;
  usual_range between_quartiles() const;

  range_method method_;
  value_window window_;
  fixed_list<sliding_moments> moments_;  // zscore: one
  sorted_values sorted_;                 // the others
};

}  // namespace kapacitor::udf::functions
