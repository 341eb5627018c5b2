#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>

#include "functions/detection/adaptive_window.hpp"
#include "functions/detection/cumulative_sums.hpp"
#include "functions/points/answer.hpp"
#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

/// Finds the points at which the mean of a field changes: CUSUM, Page-Hinkley or ADWIN.
///
/// After a change a method begins anew, and learns the new level. Points count in the order they
/// come, whatever their times. A point without the field, or with a NaN or an infinity in it,
/// passes by: nothing is emitted, nothing counted.
///
/// Shape:  n points → n points, or one for each change (`onlyChanges`)
/// Units:  drift, threshold: standard deviations; target, stddev, delta of page_hinkley, lambda:
///         as the field; warmup, clock, size: points
/// Cost:   O(1), no allocation; of adwin O(1) amortised and O(log window) at every clock-th point
/// Source: cumulative_sums.hpp, adaptive_window.hpp
class change_point {
 public:
  struct options : output_options {
    std::string field;
    std::string method = "cusum";
    std::optional<double> drift, threshold, target, stddev;  // cusum
    std::optional<double> delta, lambda, forgetting;         // delta: page_hinkley and adwin
    std::optional<std::int64_t> warmup;                      // cusum and page_hinkley
    std::optional<std::int64_t> clock, size;                 // adwin
    bool only_changes = false;

    options() { as = "change"; }
    static udf::schema<options> describe();
    void check();

    // What they come to.
    cumulative_sums::settings page;
    adaptive_window::settings window;
    bool adwin = false;
    std::string changed, score, direction, mean;  // names of the fields to write

   private:
    void check_method() const;
    void prepare();
  };

  explicit change_point(const options& o) : options_(o) {}
  static udf::description describe();

  void on_point(const udf::point& p, udf::emitter& out);

  auto state() { return std::tie(page_, window_); }

 private:
  const options& options_;
  // One of them stays empty, according to the method.
  cumulative_sums page_;
  adaptive_window window_;
};

}  // namespace kapacitor::udf::functions
