#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>

#include "functions/points/output_fields.hpp"
#include "functions/prediction/sliding_line.hpp"
#include "functions/windows/window.hpp"
#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

/// How long until a field reaches a threshold, if it goes on as it did: "disk full in ...".
///
/// A straight line of least squares is laid through the last points and continued from the newest
/// one's time. If it moves away from the threshold, is flat, or gets there later than the
/// `horizon`, the threshold is not reachable and there is no time. A point without the field, or
/// with a NaN or an infinity in it, and one that is older than the newest, is skipped.
///
/// Shape:  n points → n points of up to four fields, none until the window has two different times;
///         with `keep` the point's other fields as well
/// Units:  the time: `unit`; the slope: the field's unit per second
/// Cost:   O(1) amortised, no allocation once the window is full; 56 bytes per point of the window
/// Source: linear regression; sums as described at sliding_line
class time_to {
 public:
  struct options : output_options, window_options, udf::clock_options {
    std::string field;
    double threshold = 0;
    std::string direction = "either";
    std::chrono::nanoseconds unit = std::chrono::seconds(1);
    std::chrono::nanoseconds horizon = std::chrono::hours(24) * 7 * 520;
    bool timestamp = false;

    enum class way { either, above, below };
    // Made of the others by check().
    way direction_way = way::either;
    std::string as_slope, as_at, as_reachable;

    options() { as = "time_to"; }
    static udf::schema<options> describe();
    void check();
  };

  explicit time_to(const options& o) : options_(o), line_(o) {}

  void on_point(const udf::point& p, udf::emitter& out);
  udf::timestamp earliest() const { return line_.newest(); }

  auto state() { return std::tie(line_); }

 private:
  std::optional<double> seconds_left(const sliding_line::line& line) const;

  const options& options_;
  sliding_line line_;
};

}  // namespace kapacitor::udf::functions
