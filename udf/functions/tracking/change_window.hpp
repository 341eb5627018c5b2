#pragma once

#include <cstddef>
#include <cstdint>
#include <tuple>

#include "functions/numeric/compensated_sum.hpp"
#include "functions/tracking/reading.hpp"
#include "functions/windows/ring.hpp"
#include "functions/windows/window.hpp"

namespace kapacitor::udf::functions {

/// The last points of a field, and by how much it has changed from the oldest to the newest. Points
/// come in order of time, no two at the same time.
///
/// The change is the sum of the steps between the points if each step may be corrected, as a
/// counter's is; otherwise it is the difference of the two values, which is exact.
///
/// Cost:   O(1) amortised; 24 bytes per point
/// Exact:  the sum is held to about 106 bits and added up again each time the window has gone round
class change_window {
 public:
  enum class of { steps, values };

  change_window(const window_options& o, of what) : options_(&o), what_(what) {}

  std::size_t size() const { return points_.size(); }
  std::int64_t oldest_time() const { return points_.front().time; }
  std::int64_t newest_time() const { return points_.back().time; }
  double change() const;
  /// Whether the point taken last made another one leave that `period` would have kept.
  bool is_cut() const { return cut_; }

  /// A point with its value, and the step that led to it.
  void push(std::int64_t time, const reading& value, double step);
  void clear();

  auto state() { return std::tie(points_, sum_, since_added_up_); }
  void check_state() const;

 private:
  struct point {
    std::int64_t time = 0;
    reading step_or_value;
    auto state() { return std::tie(time, step_or_value); }
  };
  bool reaches(std::int64_t from, std::int64_t to) const;
  void drop_oldest();
  void add_up();

  const window_options* options_;
  of what_;
  ring<point> points_;
  compensated_sum sum_;  // of the steps, without the one to the oldest point
  std::uint64_t since_added_up_ = 0;
  bool cut_ = false;
};

}  // namespace kapacitor::udf::functions
