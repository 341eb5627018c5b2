#include "functions/detection/windowed_range.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include "functions/numeric/order_statistics.hpp"

namespace kapacitor::udf::functions {

windowed_range::windowed_range(const window_options& o, range_method method)
    : method_(method), window_(o) {
  if (method == range_method::zscore) moments_.emplace_back(2);
}

bool windowed_range::push(udf::timestamp time, double x) {
  if (method_ == range_method::zscore) {
    auto& moments = moments_[0];
    if (!window_.push(time, x, [&](double leaving) { moments.remove(leaving); })) return false;
    moments.add(x);
    moments.settle(window_);
    return true;
  }
  // The last one that leaves makes room for the new one: mostly there is just one.
  std::optional<double> left;
  const auto taken = window_.push(time, x, [&](double leaving) {
    if (left) sorted_.erase(*left);
    left = leaving;
  });
  if (taken) left ? sorted_.replace(*left, x) : sorted_.insert(x);
  return taken;
}

std::optional<usual_range> windowed_range::range() const {
  if (window_.size() < 2) return std::nullopt;
  const auto range = method_ == range_method::zscore   ? about_mean()
                     : method_ == range_method::robust ? about_median()
                                                       : between_quartiles();
  if (!std::isfinite(range.spread)) return std::nullopt;
  return range;
}

usual_range windowed_range::about_mean() const {
  const auto& moments = moments_[0];
  if (!moments.usable()) return {.spread = std::numeric_limits<double>::infinity()};
  const double mean = moments.mean();
  const double variance = moments.squares() / static_cast<double>(window_.size() - 1);
  return {.low = mean, .high = mean, .spread = std::sqrt(variance)};
}

usual_range windowed_range::about_median() const {
  // With it the MAD of a normal distribution is its standard deviation: 1 / its upper quartile.
  constexpr double scale = 1.4826;
  const double middle = median(sorted_);
  return {.low = middle, .high = middle, .spread = scale * median_distance(sorted_, middle)};
}

usual_range windowed_range::between_quartiles() const {
  const double lower = quantile(sorted_, 0.25), upper = quantile(sorted_, 0.75);
  return {.low = lower, .high = upper, .spread = upper - lower};
}

void windowed_range::check_state() {
  std::vector<double> values(window_.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = window_[i];
    if (!std::isfinite(values[i])) {
      throw udf::state_error("the snapshot's window holds what is no finite number");
    }
  }
  if (method_ == range_method::zscore) {
    moments_[0].restored(window_);
  } else {
    sorted_.assign(values);
  }
}

}  // namespace kapacitor::udf::functions
