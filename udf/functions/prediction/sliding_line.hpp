#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <tuple>
#include <vector>

#include "functions/windows/ring.hpp"
#include "functions/windows/window.hpp"
#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

/// The straight line of least squares through the last points of a field.
///
/// A point older than the newest does not belong. A window of a `period` holds the points with
/// times in (newest − period, newest].
///
/// Nothing is ever subtracted: the sums over the older points of the window are kept for each of
/// them, those over the newer ones grow with each point, and both are put together. A value that
/// has left leaves no trace, and nothing drifts.
///
/// Cost:   O(1) amortised, O(window) at worst; 56 bytes per point of the window
/// Source: sums of parts put together as in Chan, Golub, LeVeque, "Updating formulae and a pairwise
///         algorithm for computing sample variances", 1979; a queue of two stacks
class sliding_line {
 public:
  explicit sliding_line(const window_options& o) : options_(&o) {}

  /// Takes a point in. Returns: false if it is older than the newest; nothing has changed then.
  bool push(std::int64_t time, double x);

  /// The time of the newest point; if there is none, the earliest there is.
  udf::timestamp newest() const {
    if (samples_.empty()) return udf::timestamp::min();
    return udf::timestamp(std::chrono::nanoseconds(samples_.back().time));
  }
  /// Whether the point taken last made another one leave that `period` would have kept.
  bool is_cut() const { return cut_; }
  /// Whether the window has two different times.
  bool has_span() const {
    return !samples_.empty() && samples_.front().time != samples_.back().time;
  }

  struct line {
    double newest;  // the line's value at the time of the newest point
    double slope;   // per second
  };
  /// Empty if the window has no two different times, or values beyond what a double holds.
  std::optional<line> fit() const;

  auto state() { return std::tie(samples_, older_); }
  void check_state();

 private:
  struct sample {
    std::int64_t time;  // ns since 1970
    double x;
    auto state() { return std::tie(time, x); }
  };
  /// Of points, in s and in the field's unit from an origin: the means, and the sums of the squares
  /// and the products of the distances from them.
  struct sums {
    double n = 0, t = 0, x = 0, tt = 0, tx = 0;
    void add(const sums& other);
  };

  sums of(const sample& s, const sample& origin) const;
  void drop_oldest();
  void turn_over();

  const window_options* options_;
  ring<sample> samples_;          // the whole window, oldest first
  std::uint64_t older_ = 0;       // of them, those that are in older_sums_
  std::vector<sums> older_sums_;  // from each of the older points to the last of them; oldest last
  sums newer_sums_;               // over all the others
  sample older_origin_{}, newer_origin_{};
  bool cut_ = false;
};

}  // namespace kapacitor::udf::functions
