#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>

#include "functions/detection/adaptive_window.hpp"
#include "functions/detection/cumulative_sums.hpp"
#include "functions/points/output_fields.hpp"
#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

/// Finds the points at which the mean of a field changes: CUSUM, Page-Hinkley or ADWIN.
///
/// After a change a method starts again, and learns the new level. Points count in the order they
/// come, whatever their times. A point without the field, or with a NaN or an infinity in it,
/// is skipped: nothing is emitted, nothing counted.
///
/// Shape:  n points → n points, or one for each change (`onlyChanges`)
/// Units:  drift, decisionInterval: standard deviations; referenceMean, referenceStddev, delta,
///         changeSum: those of the field; warmup, checkCount, maxSize: points
/// Cost:   O(1), no allocation; of adwin O(1) amortised and O(log window) at every check
/// Source: cumulative_sums.hpp, adaptive_window.hpp
class change_point {
 public:
  struct options : output_options {
    std::string field;
    std::string method = "cusum";
    std::optional<double> drift, decision_interval, reference_mean, reference_stddev;  // cusum
    std::optional<double> delta, change_sum, forgetting;  // page_hinkley
    std::optional<std::int64_t> warmup;                   // cusum and page_hinkley
    std::optional<double> significance;                   // adwin
    std::optional<std::int64_t> check_count, max_size;    // adwin
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
    void check_values(udf::option_problems& problems) const;
    void prepare();
  };

  explicit change_point(const options& o) : options_(o) {}

  void on_point(const udf::point& p, udf::emitter& out);

  auto state() { return std::tie(page_, window_); }

 private:
  const options& options_;
  // One of them stays empty, according to the method.
  cumulative_sums page_;
  adaptive_window window_;
};

}  // namespace kapacitor::udf::functions
