#include "functions/signal/rank_filter.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "functions/numeric/order_statistics.hpp"

namespace kapacitor::udf::functions {
namespace {

// The median distance times this is the standard deviation, of normal values.
constexpr double deviations_per_distance = 1.4826;

}  // namespace

filtered rank_filter::take(double x, filter_memory& m) const {
  if (m.values.size() >= size_) {
    m.sorted.replace(m.values.front(), x);
    m.values.pop_front();
  } else {
    m.sorted.insert(x);
  }
  m.values.push_back(x);
  const double middle = median(m.sorted);
  if (!threshold_) return {.value = middle};
  const double bound = *threshold_ * deviations_per_distance * median_distance(m.sorted, middle);
  const bool outlier = std::abs(x - middle) > bound;
  return {.value = outlier ? middle : x, .outlier = outlier};
}

void rank_filter::restore(filter_memory& m) const {
  std::vector<double> values;
  for (std::size_t i = 0; i < m.values.size(); ++i) values.push_back(m.values[i]);
  m.sorted.assign(values);
}

}  // namespace kapacitor::udf::functions
