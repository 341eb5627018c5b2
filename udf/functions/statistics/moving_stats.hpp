#pragma once

#include <cstddef>
#include <string>
#include <tuple>
#include <vector>

#include "functions/statistics/statistic.hpp"
#include "functions/statistics/window_statistics.hpp"
#include "functions/windows/fixed_list.hpp"
#include "functions/windows/window.hpp"
#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

/// Statistics of the last values of fields, for every point: mean, deviation, extremes, median,
/// percentiles, skewness, slope. Each field has a window of its own.
///
/// Until the window is full, the statistics of what there is. What cannot be computed yet, such as
/// the variance of one value, is a field left out. A field that a point lacks, or that is a NaN or
/// an infinity, is not counted; a point without any of the fields is skipped.
///
/// Shape:  n points → n points, a field for each field and statistic; with `keep` the point's other
///         fields as well
/// Units:  size: points; slope: per second with a period, else per point
/// Exact:  sums are held to about 106 bits about a centre near the mean, and added up again each
///         time the window has gone round, or when something very large has left it. Order
///         statistics are exact.
/// Cost:   amortised, n points in the window: mean, sum, variance, stddev, skew, slope, count,
///         first, last O(1); min, max, range, median, percentiles O(log n); mad O(log n) up to 512
///         points, O(log² n) beyond. Only what is asked for is kept.
/// Source: percentiles: Hyndman and Fan, Sample Quantiles in Statistical Packages, 1996,
///         definition 7
class moving_stats {
 public:
  static constexpr std::size_t most_fields = 16, most_stats = 16;

  struct options : window_options, udf::clock_options {
    std::vector<std::string> field, statistic_names, as;
    bool keep = false;

    static udf::schema<options> describe();
    void check();
    /// A window of points knows no times.
    bool judges_times() const { return period.count() > 0; }

    // Made by check().
    std::vector<statistic> statistics;
    statistic_needs needs;
    std::vector<std::string> names;  // of the fields to write: all of the first field, ...

   private:
    void check_counts() const;
    void name_outputs();
  };

  explicit moving_stats(const options& o);

  void on_point(const udf::point& p, udf::emitter& out);
  udf::timestamp earliest() const;

  auto state() { return std::tie(windows_); }

 private:
  void say_what_is_missing(const udf::point& p, std::size_t numbers, std::size_t taken,
                           udf::emitter& out) const;

  const options& options_;
  fixed_list<window_statistics> windows_;  // of each field
};

}  // namespace kapacitor::udf::functions
