#pragma once

#include <array>
#include <string>
#include <tuple>
#include <utility>

#include "functions/numeric/sliding_comoments.hpp"
#include "functions/points/answer.hpp"
#include "functions/windows/ring.hpp"
#include "functions/windows/window.hpp"
#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

/// Correlation and least squares line of two fields over a window of their last values, for every
/// point that has both.
///
/// A point that lacks one, or has a NaN or an infinity in it, is skipped.
///
/// Shape:  n points → n points; with `keep` the point's other fields as well
/// Units:  size: points
/// Exact:  sums are held to about 106 bits about centres near the means, and added up again each
///         time the window has gone round, or when something very large has left it.
/// Cost:   O(1) amortised; 16 bytes per point of the window, 24 with a period
class correlate {
 public:
  struct options : output_options, window_options {
    std::string x, y;

    options() { as = "correlation"; }
    static udf::schema<options> describe();
    void check();

    std::array<std::string, 3> names;  // slope, intercept, count; made by check()
  };

  explicit correlate(const options& o) : options_(o), xs_(o) {}

  void on_point(const udf::point& p, udf::emitter& out);

  auto state() { return std::tie(xs_, ys_, sums_); }
  void check_state();

 private:
  bool push(udf::timestamp time, double x, double y);
  void skip_without_pair(const udf::point& p, udf::emitter& out) const;
  std::pair<double, double> at(std::size_t i) const { return {xs_[i], ys_[i]}; }

  const options& options_;
  value_window xs_;
  ring<double> ys_;  // of the same points
  sliding_comoments sums_;
};

}  // namespace kapacitor::udf::functions
