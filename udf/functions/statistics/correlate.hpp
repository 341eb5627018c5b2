#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "functions/numeric/sliding_comoments.hpp"
#include "functions/points/output_fields.hpp"
#include "functions/windows/ring.hpp"
#include "functions/windows/window.hpp"
#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

/// Correlation and least squares line of two fields over a window of their last values, for every
/// reading that has both.
///
/// A reading is a point, or two of equal time one after the other that have a field each. One that
/// lacks a field, or has a NaN or an infinity in it, is skipped.
///
/// Shape:  n readings → n points, like the last point of each; with `keep` its other fields as well
/// Units:  size: points
/// Exact:  sums are held to about 106 bits about centres near the means, and added up again each
///         time the window has gone round, or when something very large has left it.
/// Cost:   O(1) amortised; 16 bytes per point of the window, 24 with a period
class correlate {
 public:
  struct options : output_options, window_options, udf::clock_options {
    std::string x, y;

    options() { as = "correlation"; }
    static udf::schema<options> describe();
    void check();
    /// A window of points knows no times.
    bool judges_times() const { return period.count() > 0; }

    std::array<std::string, 3> names;  // slope, intercept, count; made by check()
  };

  explicit correlate(const options& o) : options_(o), xs_(o) {}

  void on_point(const udf::point& p, udf::emitter& out);
  /// What waits for its other field waits in vain.
  void on_finish(udf::emitter& out);
  udf::timestamp earliest() const { return xs_.earliest(); }

  static constexpr unsigned state_version = 2;
  auto state() { return std::tie(xs_, ys_, sums_, half_); }
  void migrate(unsigned version, udf::state_reader& in);
  void check_state();

 private:
  /// One field of a reading, while the other is missing: a client may write each to a line of its
  /// own.
  struct half_reading {
    std::int64_t time = 0;
    std::optional<double> x, y;
    auto state() { return std::tie(time, x, y); }
  };

  void skip_half(const half_reading& half, udf::emitter& out) const;
  bool complete(half_reading& now, const udf::point& p, udf::emitter& out);
  void answer_to(const udf::point& p, udf::emitter& out) const;
  bool push(udf::timestamp time, double x, double y);
  std::pair<double, double> at(std::size_t i) const { return {xs_[i], ys_[i]}; }

  const options& options_;
  value_window xs_;
  ring<double> ys_;  // of the same points
  sliding_comoments sums_;
  half_reading half_;  // has one field, or none: nothing waits
};

}  // namespace kapacitor::udf::functions
