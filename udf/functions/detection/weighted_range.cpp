#include "functions/detection/weighted_range.hpp"

#include <algorithm>
#include <cmath>

#include "functions/windows/elapsed.hpp"

namespace kapacitor::udf::functions {

std::optional<usual_range> weighted_range::range() const {
  if (count_ < 2) return std::nullopt;
  return usual_range{.low = mean_, .high = mean_, .spread = std::sqrt(variance_)};
}

/// The newest value's share of all weights. If hardly anything is left of the others, it starts
/// again: one value has no spread, and any other would look unusual.
double weighted_range::gain(std::int64_t time) {
  if (half_life_ == 0) return alpha_;
  if (count_ > 0 && time > newest_) {
    weight_ *= std::exp2(-static_cast<double>(elapsed(newest_, time)) / half_life_);
    if (weight_ < 1e-3) count_ = 0;
  }
  newest_ = count_ == 0 ? time : std::max(time, newest_);
  weight_ = count_ == 0 ? 1 : weight_ + 1;
  return 1 / weight_;
}

void weighted_range::push(udf::timestamp time, double x) {
  // Huge values fade in time, an infinite variance would not.
  constexpr double most_variance = 1e300;
  const double g = gain(time.time_since_epoch().count());
  if (count_++ == 0) {
    mean_ = x;
    variance_ = 0;
    return;
  }
  const double off = x - mean_;
  mean_ = std::isfinite(off) ? mean_ + g * off : (1 - g) * mean_ + g * x;
  variance_ = (1 - g) * std::min(variance_ + g * (off * off), most_variance);
}

void weighted_range::check_state() const {
  if (!std::isfinite(mean_) || !std::isfinite(variance_) || !std::isfinite(weight_) ||
      variance_ < 0 || weight_ < 0) {
    throw udf::state_error("the snapshot's mean or variance is impossible");
  }
}

}  // namespace kapacitor::udf::functions
