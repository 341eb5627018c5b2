#include "functions/statistics/window_statistics.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include "functions/numeric/order_statistics.hpp"

namespace kapacitor::udf::functions {

void statistic_needs::add(const statistic& s) {
  order = std::max(order, s.order());
  sorted = sorted || s.needs_sorted();
  slope = slope || s.what == statistic::kind::slope;
}

window_statistics::window_statistics(const window_options& o, const statistic_needs& needs)
    : window_(o), needs_sorted_(needs.sorted) {
  if (needs.order > 0) moments_.emplace_back(needs.order);
  if (needs.slope) slope_.emplace_back(o);
}

bool window_statistics::push(udf::timestamp time, double x) {
  // The last one that leaves makes room for the new one: mostly there is just one.
  std::optional<double> left;
  const auto taken = window_.push(time, x, [&](double leaving) {
    if (needs_sorted_ && left) sorted_.erase(*left);
    left = leaving;
    leaves(leaving);
  });
  if (!taken) return false;
  if (needs_sorted_) left ? sorted_.replace(*left, x) : sorted_.insert(x);
  for (auto& m : moments_) {
    m.add(x);
    m.settle(window_);
  }
  for (auto& s : slope_) s.newest_came(window_);
  return true;
}

/// The oldest, which is in the window yet.
void window_statistics::leaves(double x) {
  for (auto& m : moments_) m.remove(x);
  for (auto& s : slope_) s.oldest_leaves(window_);
}

std::optional<udf::value> window_statistics::of(const statistic& s) const {
  if (s.what == statistic::kind::count) return static_cast<std::int64_t>(window_.size());
  const auto x = number(s);
  if (!x || !std::isfinite(*x)) return std::nullopt;
  return *x;
}

std::optional<double> window_statistics::number(const statistic& s) const {
  using kind = statistic::kind;
  switch (s.what) {
    case kind::mean:
      return mean();
    case kind::sum:
      return sum();
    case kind::variance:
      return variance();
    case kind::stddev:
      if (const auto v = variance()) return std::sqrt(*v);
      return std::nullopt;
    case kind::skew:
      return skew();
    case kind::slope:
      return slope_[0].slope();
    case kind::first:
      return window_.oldest();
    case kind::last:
      return window_.newest();
    default:
      return order_statistic(s);
  }
}

/// Of those that need the values in order.
double window_statistics::order_statistic(const statistic& s) const {
  using kind = statistic::kind;
  const auto last = sorted_.size() - 1;
  switch (s.what) {
    case kind::min:
      return sorted_[0];
    case kind::max:
      return sorted_[last];
    case kind::range:
      return sorted_[last] - sorted_[0];
    case kind::median:
      return median(sorted_);
    case kind::mad:
      return median_distance(sorted_, median(sorted_));
    default:
      return quantile(sorted_, s.part);
  }
}

double window_statistics::mean() const {
  if (moments_[0].usable()) [[likely]] {
    return moments_[0].mean();
  }
  // The sum may be beyond what a double holds, the mean is not.
  const auto n = static_cast<double>(window_.size());
  double mean = 0;
  for (std::size_t i = 0; i < window_.size(); ++i) mean += window_[i] / n;
  return mean;
}

std::optional<double> window_statistics::sum() const {
  if (moments_[0].usable()) [[likely]] {
    return moments_[0].sum();
  }
  compensated_sum sum;
  for (std::size_t i = 0; i < window_.size(); ++i) sum.add(window_[i]);
  return sum.value();
}

std::optional<double> window_statistics::variance() const {
  const auto n = window_.size();
  if (n < 2 || !moments_[0].usable()) return std::nullopt;
  return moments_[0].squares() / static_cast<double>(n - 1);
}

std::optional<double> window_statistics::skew() const {
  const auto size = window_.size();
  if (size < 3 || !moments_[0].usable()) return std::nullopt;
  const auto n = static_cast<double>(size);
  const double variance = moments_[0].squares() / n;
  if (!(variance > 0)) return std::nullopt;
  const double deviation = std::sqrt(variance);
  // One division after the other: the cube of a small deviation may be less than a double can hold.
  const double skew = moments_[0].cubes() / n / deviation / deviation / deviation;
  return std::sqrt(n * (n - 1)) / (n - 2) * skew;
}

void window_statistics::check_state() {
  const auto n = window_.size();
  std::vector<double> values(n);
  for (std::size_t i = 0; i < n; ++i) {
    values[i] = window_[i];
    if (!std::isfinite(values[i])) {
      throw udf::state_error("the snapshot's window holds what is no finite number");
    }
  }
  if (needs_sorted_) sorted_.assign(values);
  for (auto& m : moments_) m.restored(window_);
  for (auto& s : slope_) s.restored(window_);
}

}  // namespace kapacitor::udf::functions
