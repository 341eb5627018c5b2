#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <tuple>

#include "functions/detection/anomaly_model.hpp"
#include "functions/points/kept_header.hpp"
#include "functions/points/output_fields.hpp"
#include "functions/windows/live_clock.hpp"
#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

/// An anomaly score for every point, and whether it is one: strictly online, without training,
/// thresholds in units of the field or a look at the future.
///
/// With `detectGaps` a gap is reported while it lasts, too: by the wall clock, once, as soon as it
/// is an anomaly.
///
/// Shape:  n points → n points with the fields `as`_score, `as`_is_anomaly and `as`_raw; while an
///         incident lasts with its begin, length and peak, and with its end at last; with `explain`
///         with what was expected, a text that says what is unusual, and each evidence; with `keep`
///         with the point's other fields as well
/// Units:  warmup, eventPoints, length: points; season: time of the data; begin and end: ns since
///         1970-01-01 UTC
/// Cost:   O(1), no allocation; less than 2 KB per series
/// Source: anomaly_model.hpp
class anomaly {
 public:
  struct options : output_options, udf::clock_options {
    std::string field;
    double sensitivity = 1;
    std::int64_t warmup = 100;
    std::int64_t event_points = 400;
    std::chrono::nanoseconds season{std::chrono::hours(24)};
    bool detect_gaps = false;
    bool only_new = false;
    bool explain = false;

    // Prepared by check().
    anomaly_settings settings;
    std::string score, is_anomaly, raw;
    std::string incident, end, length, peak;
    std::string reason, expected, lower, upper;
    std::array<std::string, evidences> evidence;

    /// Without detectGaps nothing becomes due if no point comes.
    bool uses_clock() const { return detect_gaps; }
    /// Without gaps and season points count by their order only.
    bool judges_times() const { return detect_gaps || season.count() > 0; }

    options() { as = "anomaly"; }
    static udf::schema<options> describe();
    void check();
  };

  explicit anomaly(const options& o) : options_(&o) {}

  void on_point(const udf::point& p, udf::emitter& out);
  void on_time(udf::timestamp now, udf::emitter& out);
  /// Points count in the order in which they come: the time of the last one is the newest.
  udf::timestamp earliest() const { return udf::timestamp::min(); }
  void set_back(udf::timestamp) {}

  static constexpr unsigned state_version = 2;  // 2: rare values, standstill, incidents
  auto state() { return std::tie(model_, gap_reported_, group_, live_); }
  void migrate(unsigned version, udf::state_reader& in);

 private:
  using fields = output_fields<11 + evidences>;
  fields fields_of(const anomaly_result& result) const;
  void add_incident(const anomaly_result& result, fields& all) const;
  void add_evidence(const anomaly_result& result, fields& all) const;

  const options* options_;
  anomaly_model model_;
  bool gap_reported_ = false;  // the gap that lasts
  kept_header group_;          // with detectGaps only, and so is the clock
  live_clock live_;
};
static_assert(sizeof(anomaly) < 2048);

}  // namespace kapacitor::udf::functions
