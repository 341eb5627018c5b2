// What lies ahead, and what of a series is restored from a snapshot.
#include <algorithm>
#include <cmath>

#include "functions/prediction/holt_winters.hpp"

namespace kapacitor::udf::functions {

holt_winters::outcome holt_winters::look_ahead(std::uint64_t step) {
  const auto& s = *smoothing_;
  outcome result{std::nullopt, level_ + s.sum_ahead * trend_, std::nullopt, false};
  if (s.buckets != 0) {
    const double factor = season_[static_cast<std::size_t>((step + s.ahead) % s.buckets)];
    if (!std::isnan(factor)) {
      result.forecast = in_first_season(step) ? factor : joined(result.forecast, factor);
    }
  }
  result.forecast = limited(result.forecast);
  if (residuals_ != 0) {
    const double expected = variance_ * s.spread_ahead * s.spread_ahead;
    const double scale = in_first_season(step) ? 1 : scale_of(step + s.ahead);
    result.half_width = std::sqrt(errors_.variance(expected)) * scale;
  }
  errors_.keep(step, s.ahead, result.forecast);
  return result;
}

/// What errors of that step are measured in: with a multiplicative season, its factor.
double holt_winters::scale_of(std::uint64_t step) const {
  const auto& s = *smoothing_;
  if (!s.multiplicative || s.buckets == 0 || in_first_season(step)) return 1;
  const double factor = season_[static_cast<std::size_t>(step % s.buckets)];
  return std::isnan(factor) ? 1 : factor;
}

/// Not further beyond the values seen than half of their range: a trend ends some day, and what
/// swings turns round. Two values say too little of their range: then all of it.
double holt_winters::limited(double forecast) const {
  const double width = range_.high() - range_.low();
  if (smoothing_->unlimited || ranged_ == 0 || !std::isfinite(width)) return forecast;
  const double margin = ranged_ > 2 ? width / 2 : width;
  return std::clamp(forecast, range_.low() - margin, range_.high() + margin);
}

/// A value leaves the range after some hundred thousand others.
void holt_winters::learn_range(double x) {
  constexpr double shrinking = 1e-6;
  constexpr std::uint64_t few = 100;
  range_.add(x, ranged_ == 0, ranged_ < few ? 0 : shrinking);
  ++ranged_;
}

void holt_winters::read_version_1(udf::state_reader& in) {
  for (auto* time : {&first_, &newest_}) in.read(*time);
  for (auto* count : {&points_, &residuals_}) in.read(*count);
  for (auto* number : {&level_, &trend_, &variance_}) in.read(*number);
  in.read(season_);
  check_state();
  if (points_ == 0) return;
  // What the values were like, as far as one can tell.
  const bool first = in_first_season(step_of(newest_));
  const double stray = 2 * std::sqrt(variance_);
  for (const double x : {level_ - stray, level_ + stray}) learn_range(x);
  for (const double x : season_) {
    if (!std::isnan(x)) learn_range(first ? x : joined(level_, x));
  }
}

void holt_winters::check_state() const {
  const auto wrong = [] {
    throw udf::state_error("the snapshot's level, trend and season are none of these options");
  };
  constexpr auto most = std::uint64_t{1} << 62;
  const bool fresh = points_ == 0;
  if (season_.size() != (fresh ? 0 : smoothing_->buckets) || newest_ < first_) wrong();
  if (points_ > most || residuals_ > most || ranged_ > most) wrong();
  if (!std::isfinite(level_) || !std::isfinite(trend_) || !range_.is_possible()) wrong();
  if (!(variance_ >= 0 && variance_ <= 2 * most_variance)) wrong();
  const bool positive = smoothing_->multiplicative;
  if (!fresh && positive && !(level_ > 0)) wrong();
  for (const double x : season_) {
    if (std::isinf(x) || (positive && x <= 0)) wrong();
  }
}

}  // namespace kapacitor::udf::functions
