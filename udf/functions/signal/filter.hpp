#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <tuple>

#include "functions/points/output_fields.hpp"
#include "functions/signal/filter_method.hpp"
#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

/// A filtered field, for every point, without looking ahead.
///
/// `method` is one of Butterworth's lowpass, highpass, bandpass, bandstop; median; hampel, which
/// replaces outliers; savgol, Savitzky and Golay's; kalman, a level that wanders. A point without
/// the field, or with a NaN or an infinity in it, is skipped: nothing is emitted, nothing counted.
///
/// Shape:  n points → n points, one field each, of hampel two; with `keep` the other fields as well
/// Units:  cutoff, low, high: Hz; interval, maxGap: durations; size: points; processNoise,
///         measurementNoise: variances, in the field's unit squared
/// Cost:   O(order); median, hampel O(log size) and a move of memory; savgol O(size); kalman O(1).
///         No allocation once the window is full
/// Source: Butterworth 1930; Hampel 1974; Savitzky, Golay 1964; Kalman 1960
class filter {
 public:
  struct options : output_options, udf::clock_options {
    std::string field, method;
    std::optional<double> cutoff, low, high;           // Hz
    std::optional<std::chrono::nanoseconds> interval;  // between two points
    std::optional<std::int64_t> order, size, degree;
    std::optional<double> spreads, process_noise, measurement_noise;
    std::chrono::nanoseconds max_gap{0};

    options() { as = "filtered"; }
    static udf::schema<options> describe();
    void check();
    /// Without maxGap points count by their order only.
    bool judges_times() const { return max_gap.count() > 0; }

    std::shared_ptr<const filter_method> made;  // by check()
    std::string outlier_field;                  // empty: the method finds none
  };

  explicit filter(const options& o) : options_(o) {}

  void on_point(const udf::point& p, udf::emitter& out);
  /// Points count in the order in which they come.
  udf::timestamp earliest() const { return udf::timestamp::min(); }
  std::optional<udf::timestamp> newest() const;
  void set_back(udf::timestamp to);

  auto state() { return std::tie(memory_.values, newest_); }
  void check_state();

 private:
  void begin_anew_after_gap(udf::timestamp time);

  const options& options_;
  filter_memory memory_;
  udf::timestamp newest_{};  // as long as the memory is empty, without meaning
};

}  // namespace kapacitor::udf::functions
