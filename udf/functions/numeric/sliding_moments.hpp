#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <tuple>

#include "functions/numeric/compensated_sum.hpp"

namespace kapacitor::udf::functions {

/// Sum, mean, and sums of squares and cubes about the mean of a window's values, as they come and
/// go: add() and remove(), then settle() with the window as it is now.
///
/// The order is that of the highest sum: 1 the sum, 2 squares as well, 3 cubes as well.
///
/// Exact: sums of order 2 and 3 are taken about a centre near the mean. All are added up again each
///        time the window has gone round, and at once if a value left that was so large that
///        rounding of it would show, or if the centre is not near the mean any more. A constant
///        window has a spread of exactly 0.
/// Range: a value beyond beyond_reach() is only counted; while there is one, usable() is false.
/// Cost:  O(1) amortised
class sliding_moments {
 public:
  explicit sliding_moments(int order) : order_(order) {}

  void add(double x);
  void remove(double x);
  /// Window: has size() and operator[].
  template <class Window>
  void settle(const Window& w) {
    if (since_ >= w.size() || rounding_shows_ || centre_is_far()) add_up(w);
  }
  /// After the state was read: counts what is only counted.
  template <class Window>
  void restored(const Window& w) {
    beyond_ = 0;
    for (std::size_t i = 0; i < w.size(); ++i) beyond_ += is_beyond(w[i]);
    count_ = w.size() - beyond_;
  }

  bool usable() const { return beyond_ == 0; }
  double sum() const;
  double mean() const { return centre_ + sum_.value() / static_cast<double>(count_); }
  /// Σ (x − mean)². Order 2.
  double squares() const;
  /// Σ (x − mean)³. Order 3.
  double cubes() const;

  auto state() { return std::tie(centre_, sum_, squares_, cubes_, since_); }

 private:
  /// Beyond it, sums of the order of ten million values might not fit a double.
  double beyond_reach() const { return order_ == 1 ? 1e290 : order_ == 2 ? 1e140 : 1e95; }
  bool is_beyond(double x) const { return !(std::abs(x) <= beyond_reach()); }
  bool centre_is_far() const;
  void take(double d, double sign);
  void clear();
  template <class Window>
  void add_up(const Window& w) {
    clear();
    if (order_ > 1) centre_ = mean_about_first(w);
    for (std::size_t i = 0; i < w.size(); ++i) {
      if (is_beyond(w[i])) continue;
      take(w[i] - centre_, 1);
      ++count_;
    }
  }
  template <class Window>
  double mean_about_first(const Window& w) const {
    std::size_t i = 0;
    while (i < w.size() && is_beyond(w[i])) ++i;
    if (i == w.size()) return 0;
    const double first = w[i];
    compensated_sum sum;
    double n = 0;
    for (; i < w.size(); ++i) {
      if (is_beyond(w[i])) continue;
      sum.add(w[i] - first);
      ++n;
    }
    return first + sum.value() / n;
  }

  int order_;
  bool rounding_shows_ = false;
  std::uint64_t beyond_ = 0;
  std::uint64_t count_ = 0;                // in the sums
  std::uint64_t since_ = 0;                // values taken in since the sums were added up
  double centre_ = 0;                      // 0 for order 1
  compensated_sum sum_, squares_, cubes_;  // of x - centre_; of order 1, squares_ is that of |x|
};

inline void sliding_moments::take(double d, double sign) {
  sum_.add(sign * d);
  if (order_ == 1) {
    squares_.add(sign * std::abs(d));
    return;
  }
  squares_.add(sign * (d * d));
  if (order_ > 2) cubes_.add(sign * (d * d * d));
}

inline void sliding_moments::add(double x) {
  ++since_;
  if (is_beyond(x)) {
    ++beyond_;
    return;
  }
  if (order_ > 1 && count_ == 0) {
    clear();
    centre_ = x;
  }
  take(x - centre_, 1);
  ++count_;
}

inline void sliding_moments::remove(double x) {
  if (is_beyond(x)) {
    --beyond_;
    return;
  }
  const double d = x - centre_;
  take(d, -1);
  --count_;
  const double size = order_ == 1 ? std::abs(d) : d * d;
  if (size * 0x1p-20 > squares_.value()) rounding_shows_ = true;
}

inline bool sliding_moments::centre_is_far() const {
  if (order_ == 1 || count_ == 0) return false;
  // (mean - centre)² > 255 · variance
  const double s = sum_.value();
  return s * s * 256 > 255 * (static_cast<double>(count_) * squares_.value());
}

}  // namespace kapacitor::udf::functions
