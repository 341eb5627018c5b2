#include "functions/prediction/holt_winters.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "functions/windows/elapsed.hpp"

namespace kapacitor::udf::functions {
namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
constexpr double weight_of_residual = 0.02;  // once there are 50 of them
constexpr double most_number = 1e150;        // squares of larger ones are none

}  // namespace

void smoothing::prepare() {
  const auto most = std::max<std::uint64_t>(most_gap, ahead);
  double p = 1, s = 0, squares = 1;  // squares: 1 + Σ c_j², j < n
  power[0] = spread[0] = 1;
  sum[0] = 0;
  for (std::uint64_t n = 1; n <= most; ++n) {
    p *= damping;
    s += p;
    if (n <= most_gap) {
      power[n] = p;
      sum[n] = s;
      spread[n] = std::sqrt(squares);
    }
    if (n == ahead) {
      sum_ahead = s;
      spread_ahead = std::sqrt(squares);
    }
    const double c = alpha + alpha * beta * s + (buckets != 0 && n % buckets == 0 ? gamma : 0);
    squares += c * c;
  }
}

/// Intervals since the first point, to the nearest: jitter of less than half of one does no harm.
std::uint64_t holt_winters::step_of(std::int64_t time) const {
  const auto since = elapsed(first_, time);
  const auto whole = since / smoothing_->interval, left = since % smoothing_->interval;
  return whole + (left >= smoothing_->interval - left ? 1 : 0);
}

std::optional<holt_winters::outcome> holt_winters::push(std::int64_t time, double x) {
  if (points_ == 0) {
    begin(time, x);
    return look_ahead(0);
  }
  if (time < newest_) return std::nullopt;
  const auto step = step_of(time);
  errors_.compare(step, x, scale_of(step));
  const auto residual = update(x, step);
  newest_ = time;
  learn_range(x);
  const auto buckets = smoothing_->buckets;
  if (!sound(buckets == 0 ? 0 : static_cast<std::size_t>(step % buckets))) {
    begin(time, x);
    auto first = look_ahead(0);
    first.began_anew = true;
    return first;
  }
  auto result = look_ahead(step);
  result.residual = residual;
  return result;
}

void holt_winters::begin(std::int64_t time, double x) {
  first_ = newest_ = time;
  points_ = 1;
  residuals_ = 0;
  level_ = x;
  trend_ = variance_ = 0;
  season_.assign(static_cast<std::size_t>(smoothing_->buckets), unknown);
  if (!season_.empty()) season_[0] = x;
  ranged_ = 0;
  learn_range(x);
  errors_.clear();
}

void holt_winters::set_back(std::int64_t to) {
  const auto& s = *smoothing_;
  const bool has_season = s.buckets != 0 && !in_first_season(step_of(newest_));
  newest_ = to;
  if (s.buckets == 0) {
    first_ = to;
    return;
  }
  // Whole seasons back, so that each bucket keeps its times, and what is learned counts as learned.
  const auto season = s.buckets * s.interval;
  const auto least = (has_season ? season : 0) + s.interval;
  if (to >= first_ && elapsed(first_, to) >= least) return;
  const auto missing = to >= first_ ? least - elapsed(first_, to) : least + elapsed(to, first_);
  const auto seasons = missing / season + (missing % season != 0);
  if (seasons > elapsed(std::numeric_limits<std::int64_t>::min(), first_) / season) {
    points_ = 0;  // there is no time so early
    return;
  }
  first_ = static_cast<std::int64_t>(static_cast<std::uint64_t>(first_) - seasons * season);
}

/// Returns: what the point has more than was expected.
double holt_winters::update(double x, std::uint64_t step) {
  const auto& s = *smoothing_;
  const auto before = step_of(newest_);
  const auto gap = static_cast<std::size_t>(std::min<std::uint64_t>(step - before, s.most_gap));
  if (gap != 0) ++points_;
  if (s.buckets == 0) {
    double none = 0;
    const double base = carry_on(gap), residual = x - joined(base, none);
    correct(x, base, none, gap);
    return residual;
  }
  const auto bucket = static_cast<std::size_t>(step % s.buckets);
  if (in_first_season(step)) return learn_season(x, bucket, gap);
  if (in_first_season(before)) finish_first_season();
  return update_season(x, season_[bucket], gap);
}

/// Takes level and trend over the intervals since the last point. Returns: the level expected now.
double holt_winters::carry_on(std::size_t gap) {
  const auto& s = *smoothing_;
  const double base = level_ + s.sum[gap] * trend_;
  trend_ *= s.power[gap];
  if (!(s.multiplicative && base <= 0)) return base;
  trend_ = 0;  // it has led to where there is nothing
  return level_;
}

double holt_winters::learn_season(double x, std::size_t bucket, std::size_t gap) {
  const double expected = std::isnan(season_[bucket]) ? level_ : season_[bucket];
  if (gap != 0) count_residual(x - expected, gap);
  // Parts apart: x - level_ overflows if both are huge and of different sign.
  const auto n = static_cast<double>(points_);
  level_ += x / n - level_ / n;
  season_[bucket] = x;
  return x - expected;
}

/// `factor`: of the point's bucket, or what is added to it.
double holt_winters::update_season(double x, double& factor, std::size_t gap) {
  const double base = carry_on(gap);
  if (std::isnan(factor)) {
    level_ = base;
    factor = without(x, base);
    return x - base;
  }
  const double residual = x - joined(base, factor);
  correct(x, base, factor, gap);
  return residual;
}

void holt_winters::finish_first_season() {
  for (double& x : season_) {
    x = without(x, level_);
    // Of huge and tiny values there may be nothing left that is a number: as if none had come.
    if (!std::isfinite(x) || (smoothing_->multiplicative && x <= 0)) x = unknown;
  }
  residuals_ = 0;
  variance_ = 0;
  errors_.clear();
}

void holt_winters::correct(double x, double base, double& factor, std::size_t gap) {
  const auto& s = *smoothing_;
  double of_level = s.alpha, of_trend = s.alpha * s.beta;
  if (s.buckets == 0 && gap != 0) {
    // Those of the first points: their mean, or their line of least squares.
    const auto n = static_cast<double>(points_);
    if (s.beta == 0) {
      of_level = std::max(s.alpha, 1 / n);
    } else if (const double first = 2 * (2 * n - 1) / (n * (n + 1)); first > s.alpha) {
      of_level = first;
      of_trend = 6 / (n * (n + 1));
    }
  }
  const double now = without(x, factor), e = now - base;
  if (gap != 0) {
    count_residual(e, gap);
    if (s.beta != 0) trend_ += of_trend * e / static_cast<double>(gap);
  }
  level_ = (1 - of_level) * base + of_level * now;
  if (s.buckets != 0) factor = (1 - s.gamma) * factor + s.gamma * without(x, base);
}

void holt_winters::count_residual(double e, std::size_t gap) {
  e /= smoothing_->spread[gap];
  const double square = std::min(e * e, most_variance);
  ++residuals_;
  variance_ +=
      std::max(1 / static_cast<double>(residuals_), weight_of_residual) * (square - variance_);
}

/// Whether all numbers are such that one can go on, and positive if they have to be.
bool holt_winters::sound(std::size_t bucket) const {
  const auto fits = [least = smoothing_->multiplicative ? 1 / most_number : -most_number](
                        double x) { return x >= least && x <= most_number; };
  if (!fits(level_) || !(std::abs(trend_) <= most_number)) return false;
  return season_.empty() || fits(season_[bucket]);
}

}  // namespace kapacitor::udf::functions
