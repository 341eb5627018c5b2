#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>

#include "functions/detection/weighted_range.hpp"
#include "functions/detection/windowed_range.hpp"
#include "functions/points/output_fields.hpp"
#include "functions/windows/fixed_list.hpp"
#include "functions/windows/window.hpp"
#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

/// How unusual each point is, judged by those before it.
///
/// The point is judged first, then taken in: it does not count among those it is judged by. A point
/// without the field, or with a NaN or an infinity in it, is skipped.
///
/// Shape:  n points → n points with a score, the limits and whether it is an anomaly; with `keep`
///         the point's other fields as well
/// Units:  size, warmup: points; score: spreads
/// Cost:   ewma O(1), zscore O(1) amortised, tukey O(log n), robust O(log n) up to 512 points of
///         the window, O(log² n) beyond
/// Source: Iglewicz and Hoaglin, How to Detect and Handle Outliers, 1993 (robust); Tukey,
///         Exploratory Data Analysis, 1977 (tukey); Finch, Incremental calculation of weighted mean
///         and variance, 2009 (ewma)
class outlier_score {
 public:
  struct options : output_options, window_options, udf::clock_options {
    std::string field;
    std::string method = "zscore";
    std::optional<double> spreads, alpha;
    std::optional<std::chrono::nanoseconds> half_life;
    std::optional<std::int64_t> warmup;

    options() { as = "outlier"; }
    static udf::schema<options> describe();
    void check();
    /// By number of points, times do not matter.
    bool judges_times() const { return half_life || period.count() > 0; }

    // Made by check().
    range_method by = range_method::zscore;
    double fence = 0;                  // the spreads
    std::uint64_t enough = 0;          // the warmup
    double gain = 0;                   // alpha
    std::array<std::string, 4> names;  // score, lower, upper, is_anomaly

   private:
    void check_of_window() const;
    void check_of_weights() const;
  };

  explicit outlier_score(const options& o);

  void on_point(const udf::point& p, udf::emitter& out);
  udf::timestamp earliest() const;
  std::optional<udf::timestamp> newest() const;
  void set_back(udf::timestamp to);

  auto state() { return std::tie(window_, weights_); }

 private:
  const options& options_;
  fixed_list<windowed_range> window_;   // one or none
  fixed_list<weighted_range> weights_;  // ewma: one
};

}  // namespace kapacitor::udf::functions
