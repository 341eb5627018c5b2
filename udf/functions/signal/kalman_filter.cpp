#include "functions/signal/kalman_filter.hpp"

#include <cmath>

#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

filtered kalman_filter::take(double x, filter_memory& m) const {
  auto& v = m.values;
  if (v.empty()) {
    v.push_back(x);
    v.push_back(1);
    return {.value = x};
  }
  double &level = v[0], &gain = v[1];
  const double variance = gain + ratio_;
  gain = variance / (variance + 1);
  const double step = x - level;
  level = std::isfinite(step) ? level + gain * step : (1 - gain) * level + gain * x;
  return {.value = level};
}

void kalman_filter::restore(filter_memory& m) const {
  if (!m.values.empty() && !(m.values[1] >= 0 && m.values[1] <= 1)) {
    throw udf::state_error("the snapshot's gain is not between 0 and 1");
  }
}

}  // namespace kapacitor::udf::functions
