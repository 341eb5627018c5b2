#pragma once

#include <cstddef>
#include <cstdint>
#include <tuple>

#include "functions/numeric/compensated_sum.hpp"

namespace kapacitor::udf::functions {

/// Sums of squares and products about the means of a window's pairs (x, y), as they come and go:
/// add() and remove(), then add_up() if unsettled().
///
/// Exact: sums are taken about centres near the means. All are added up again each time the window
///        has gone round, and at once if a pair left that was so large that rounding of it would
///        show, or if a centre is not near its mean any more. A constant x has a spread of
///        exactly 0.
/// Range: a pair beyond 1e140 is only counted; while there is one, usable() is false.
/// Cost:  O(1) amortised
class sliding_comoments {
 public:
  void add(double x, double y);
  void remove(double x, double y);
  /// Whether the sums of the window of n pairs, as it is now, are to be added up again.
  bool unsettled(std::size_t n) const;
  /// At: i-th pair of the window, std::pair(x, y).
  template <class At>
  void add_up(std::size_t n, At at) {
    clear();
    choose_centres(n, at);
    for (std::size_t i = 0; i < n; ++i) {
      const auto [x, y] = at(i);
      if (is_beyond(x, y)) continue;
      take(x - centre_x_, y - centre_y_, 1);
      ++count_;
    }
  }
  /// After the state was read: counts what is only counted.
  template <class At>
  void restored(std::size_t n, At at) {
    beyond_ = 0;
    for (std::size_t i = 0; i < n; ++i) {
      const auto [x, y] = at(i);
      beyond_ += is_beyond(x, y);
    }
    count_ = n - beyond_;
  }

  bool usable() const { return beyond_ == 0 && count_ > 0; }
  double mean_x() const { return centre_x_ + x_.value() / n(); }
  double mean_y() const { return centre_y_ + y_.value() / n(); }
  /// Σ (x − mean x)²
  double xx() const { return squares(xx_, x_); }
  /// Σ (y − mean y)²
  double yy() const { return squares(yy_, y_); }
  /// Σ (x − mean x) · (y − mean y)
  double xy() const { return xy_.value() - x_.value() * (y_.value() / n()); }

  auto state() { return std::tie(centre_x_, centre_y_, x_, y_, xx_, yy_, xy_, since_); }

 private:
  static bool is_beyond(double x, double y);
  double n() const { return static_cast<double>(count_); }
  double squares(const compensated_sum& of_squares, const compensated_sum& sum) const;
  bool is_far(const compensated_sum& of_squares, const compensated_sum& sum) const;
  void take(double dx, double dy, double sign);
  void clear();
  template <class At>
  void choose_centres(std::size_t n, At at) {
    std::size_t i = 0;
    while (i < n && is_beyond(at(i).first, at(i).second)) ++i;
    if (i == n) return;
    const auto [first_x, first_y] = at(i);
    compensated_sum sum_x, sum_y;
    double used = 0;
    for (; i < n; ++i) {
      const auto [x, y] = at(i);
      if (is_beyond(x, y)) continue;
      sum_x.add(x - first_x);
      sum_y.add(y - first_y);
      ++used;
    }
    centre_x_ = first_x + sum_x.value() / used;
    centre_y_ = first_y + sum_y.value() / used;
  }

  bool rounding_shows_ = false;
  std::uint64_t beyond_ = 0;
  std::uint64_t count_ = 0;  // in the sums
  std::uint64_t since_ = 0;  // pairs taken in since the sums were added up
  double centre_x_ = 0, centre_y_ = 0;
  compensated_sum x_, y_, xx_, yy_, xy_;  // of x - centre_x_, y - centre_y_
};

}  // namespace kapacitor::udf::functions
