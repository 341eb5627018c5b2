#include "rank_filter.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace kapacitor::udf::functions {
namespace {

// The median distance times this is the standard deviation, of normal values.
constexpr double deviations_per_distance = 1.4826;

double middle_of(double a, double b) {
  const double sum = a + b;
  return std::isfinite(sum) ? sum / 2 : a / 2 + b / 2;
}

/// The k-th smallest distance from `centre`, from 0. `below` values are smaller than the centre:
/// seen from it, both sides are in order.
double kth_distance(const sorted_values& sorted, double centre, std::size_t below, std::size_t k) {
  const auto lower = [&](std::size_t i) { return centre - sorted[below - 1 - i]; };
  const auto upper = [&](std::size_t i) { return sorted[below + i] - centre; };
  const auto above = sorted.size() - below;
  // How many of the k + 1 smallest are from below: the fewest with which the rest fits.
  std::size_t least = k + 1 > above ? k + 1 - above : 0, most = std::min(k + 1, below);
  while (least < most) {
    const auto n = least + (most - least) / 2;
    if (lower(n) < upper(k - n)) {
      least = n + 1;
    } else {
      most = n;
    }
  }
  const auto others = k + 1 - least;
  if (least == 0) return upper(k);
  if (others == 0) return lower(k);
  return std::max(lower(least - 1), upper(others - 1));
}

}  // namespace

double median_of(const sorted_values& sorted) {
  const auto n = sorted.size();
  return n % 2 == 1 ? sorted[n / 2] : middle_of(sorted[n / 2 - 1], sorted[n / 2]);
}

double median_distance(const sorted_values& sorted, double centre) {
  const auto n = sorted.size(), below = sorted.rank(centre);
  const double upper = kth_distance(sorted, centre, below, n / 2);
  return n % 2 == 1 ? upper : middle_of(kth_distance(sorted, centre, below, n / 2 - 1), upper);
}

filtered rank_filter::take(double x, filter_memory& m) const {
  if (m.values.size() >= size_) {
    m.sorted.erase(m.values.front());
    m.values.pop_front();
  }
  m.values.push_back(x);
  m.sorted.insert(x);
  const double median = median_of(m.sorted);
  if (!threshold_) return {.value = median};
  const double bound = *threshold_ * deviations_per_distance * median_distance(m.sorted, median);
  const bool outlier = std::abs(x - median) > bound;
  return {.value = outlier ? median : x, .outlier = outlier};
}

void rank_filter::restore(filter_memory& m) const {
  std::vector<double> values;
  for (std::size_t i = 0; i < m.values.size(); ++i) values.push_back(m.values[i]);
  m.sorted.assign(values);
}

}  // namespace kapacitor::udf::functions
