#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "functions/numeric/compensated_sum.hpp"
#include "functions/points/output_fields.hpp"
#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

/// The mean of the last `size` points of a field, for every point.
///
/// Until `size` points have come, the mean of those there are. A point without the field, or with a
/// NaN or an infinity in it, is skipped: nothing is emitted, nothing counted.
///
/// Shape:  n points → n points, one field each; with `keep` the point's other fields as well
/// Units:  size: points
/// Exact:  the window's sum is held to about 106 bits and added up again each time the window has
///         gone round once, so that nothing drifts, however long it runs.
/// Cost:   O(1), no allocation once the window is full; 8 bytes per point of the window
class moving_average {
 public:
  struct options : output_options {
    std::string field;
    std::int64_t size = 0;

    options() { as = "avg"; }
    static udf::schema<options> describe();
  };

  explicit moving_average(const options& o) : options_(o) {}

  void on_point(const udf::point& p, udf::emitter& out);

  auto state() { return std::tie(window_, oldest_, sum_); }
  void check_state() const;

 private:
  void lengthen(double x);
  void replace_oldest(double x);
  void add_up();
  double mean() const;

  const options& options_;
  std::vector<double> window_;  // a ring once it is full
  std::uint64_t oldest_ = 0;
  compensated_sum sum_;
};

}  // namespace kapacitor::udf::functions
