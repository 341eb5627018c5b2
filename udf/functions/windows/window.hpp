#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <tuple>
#include <utility>

#include "functions/windows/elapsed.hpp"
#include "functions/windows/ring.hpp"
#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

/// How far a window reaches back: `size` points, the time `period`, or whichever ends first.
struct window_options {
  /// Points that a window of a period alone holds at most: state is bounded. A window that would
  /// hold more is cut, and that is told; `size` sets another limit.
  static constexpr std::int64_t most_points = 1'000'000;
  /// The largest `size`. A group of such a window takes hundreds of megabytes.
  static constexpr std::int64_t most_size = 10'000'000;

  std::int64_t size = 0;               // points; 0: not given
  std::chrono::nanoseconds period{0};  // 0: not given

  std::size_t limit() const { return static_cast<std::size_t>(size > 0 ? size : most_points); }
  /// Whether a window of that many points may hold less than `period` says: a point that leaves
  /// because of the limit is one that the user did not expect to leave.
  bool cuts(std::size_t points) const { return size == 0 && points >= limit(); }
  /// Errors: option_error if neither is given.
  void check_window() const {
    if (size == 0 && period.count() == 0) {
      throw udf::option_error(
          "the window needs a length: .size(points), .period(duration), or both");
    }
  }
};

/// Declares `size` and `period`: `schema.with(window())`. `check()` has to call check_window().
inline auto window() {
  return [](auto&& schema) -> decltype(auto) {
    return std::forward<decltype(schema)>(schema)
        .optional("size", &window_options::size,
                  "length of the window in points (0: by period alone, at most 1000000 points)",
                  udf::between(0, window_options::most_size))
        .optional("period", &window_options::period,
                  "length of the window in time of the data (0s: by size alone)",
                  udf::at_least(std::chrono::nanoseconds(0)));
  };
}

/// The last values of a field, oldest first.
///
/// A window of `size` takes points in the order they come, whatever their time. A window of a
/// `period` holds those with times in (newest − period, newest]. A point that comes late, but not
/// by a whole period, counts as new as the newest; one that is even later does not belong to
/// the window any more.
///
/// Cost: O(1) amortised; 8 bytes per point, 16 with a period
class value_window {
 public:
  explicit value_window(const window_options& o) : options_(&o) {}

  std::size_t size() const { return values_.size(); }
  /// The i-th, counted from the oldest.
  double operator[](std::size_t i) const { return values_[i]; }
  double oldest() const { return values_.front(); }
  double newest() const { return values_.back(); }
  /// Time of the i-th, ns since 1970. Only of a window with a period.
  std::int64_t time(std::size_t i) const { return times_[i]; }
  /// The time that a point is too late by. Only of a window with a period.
  udf::timestamp newest_time() const {
    return udf::timestamp(std::chrono::nanoseconds(times_.back()));
  }
  /// Whether the point taken last made another one leave that `period` would have kept.
  bool is_cut() const { return cut_; }

  /// Takes a value in, having called left(value) for each that leaves for it, oldest first.
  /// Returns: false if the point is too late to belong to the window; nothing has changed then.
  template <class Left>
  bool push(udf::timestamp time, double x, Left left) {
    if (options_->period.count() > 0) {
      auto t = time.time_since_epoch().count();
      if (!times_.empty() && t < times_.back()) {
        if (is_before(t, times_.back())) return false;
        t = times_.back();
      }
      while (!times_.empty() && is_before(times_.front(), t)) drop_oldest(left);
      cut_ = options_->cuts(values_.size());
      if (values_.size() >= options_->limit()) drop_oldest(left);
      times_.push_back(t);
    } else if (values_.size() >= options_->limit()) {
      drop_oldest(left);
    }
    values_.push_back(x);
    return true;
  }

  /// The time of the oldest point that still belongs to the window, if one came now.
  udf::timestamp earliest() const {
    if (times_.empty()) return udf::timestamp::min();
    return before(udf::timestamp(std::chrono::nanoseconds(times_.back())),
                  options_->period - std::chrono::nanoseconds(1));
  }

  auto state() { return std::tie(values_, times_); }
  void check_state() const {
    const bool timed = options_->period.count() > 0;
    if (values_.size() > options_->limit() || times_.size() != (timed ? values_.size() : 0)) {
      throw udf::state_error("the snapshot's window does not fit the options size and period");
    }
    for (std::size_t i = 1; i < times_.size(); ++i) {
      if (times_[i] < times_[i - 1])
        throw udf::state_error("the snapshot's window is not in order of time");
    }
  }

 private:
  /// Whether a point of time t is no part of the window that ends at `newest`. t ≤ newest.
  bool is_before(std::int64_t t, std::int64_t newest) const {
    return elapsed(t, newest) >= unsigned_ns(options_->period);
  }
  template <class Left>
  void drop_oldest(Left& left) {
    left(values_.front());
    values_.pop_front();
    if (!times_.empty()) times_.pop_front();
  }

  const window_options* options_;
  ring<double> values_;
  ring<std::int64_t> times_;  // only with a period
  bool cut_ = false;
};

}  // namespace kapacitor::udf::functions
