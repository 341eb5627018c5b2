#include "functions/detection/cumulative_sums.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace kapacitor::udf::functions {
namespace {

constexpr double largest = std::numeric_limits<double>::max();

double finite(double x) {
  return std::clamp(x, -largest, largest);
}

}  // namespace

change_found cumulative_sums::push(double x, const settings& s) {
  since_.add(x);
  const auto z = deviation(x, s);
  if (!z) return {};
  up_.add(*z, x, s);
  down_.add(-*z, x, s);
  const double score = finite(std::max(up_.value, down_.value) / s.threshold);
  if (score < 1) return {.score = score};
  const int direction = up_.value >= down_.value ? 1 : -1;
  const auto level = direction > 0 ? up_.level : down_.level;
  *this = {};
  since_ = level;
  return {.score = score, .direction = direction};
}

inline void cumulative_sums::sum::add(double deviation, double x, const settings& s) {
  value = std::max(0.0, s.forgetting * value + (deviation - s.drift));
  if (value > 0) {
    level.add(x);
  } else {
    level.clear();
  }
}

/// From the reference, in its units. Empty while the reference is being learned.
inline std::optional<double> cumulative_sums::deviation(double x, const settings& s) {
  const bool learned = reference_.count() >= s.warmup;
  if (s.running_reference) {
    reference_.add(x);
    if (!learned) return std::nullopt;
    return finite(reference_.distance(x));
  }
  if (learned || (s.target && s.stddev)) return standardised(x, s);
  learn(x, s);
  return std::nullopt;
}

double cumulative_sums::standardised(double x, const settings& s) const {
  // However little the reference varied: what may be rounding is no deviation, and the quotient
  // stays a number.
  constexpr double most_deviations = 1e9;
  const double mean = s.target.value_or(reference_.value());
  const double least = std::max(std::abs(mean) * 0x1p-50, std::numeric_limits<double>::min());
  const double spread = s.stddev ? *s.stddev : std::max(spread_, least);
  const double distance = s.target ? x - *s.target : reference_.distance(x);
  return std::clamp(distance / spread, -most_deviations, most_deviations);
}

void cumulative_sums::learn(double x, const settings& s) {
  const auto n = static_cast<double>(reference_.count() + 1);
  // Not by sums of squares, which may be beyond a double if the deviation is not.
  const double weight = std::sqrt(n - 1) / n;
  double part = reference_.distance(x) * weight;
  if (!std::isfinite(part)) part = x * weight - reference_.value() * weight;
  spread_ = finite(std::hypot(spread_ * std::sqrt((n - 1) / n), part));
  reference_.add(x);
  // By now that of the values, from here on the estimate for what they are a sample of.
  if (reference_.count() == s.warmup && n > 1) spread_ = finite(spread_ * std::sqrt(n / (n - 1)));
}

void cumulative_sums::check_state() const {
  if (!(spread_ >= 0 && spread_ <= largest))
    throw udf::state_error("the snapshot has an impossible standard deviation");
}

void cumulative_sums::sum::check_state() const {
  if (!(value >= 0 && value <= largest))
    throw udf::state_error("the snapshot has an impossible cumulative sum");
}

}  // namespace kapacitor::udf::functions
