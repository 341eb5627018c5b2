#include "functions/detection/anomaly_model.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "functions/windows/elapsed.hpp"

namespace kapacitor::udf::functions {
namespace {

// Memories, in points.
constexpr double long_memory = 8'000;
constexpr std::array<double, 3> surprise_memories = {5, 20, 40};
constexpr std::size_t short_mean = 0, middle_mean = 1, long_mean = 2;  // of the surprise
constexpr double recent_memory = 2, usual_memory = 40;
// Points until a spread means something, and until the spread of the surprise does.
constexpr std::uint64_t few = 5, enough = 30;
// The part of its width that a range gives up with each point.
constexpr double shrinking = 1e-5;
// How far outside its range each value has to be for an alarm by itself: such that each alarms
// about equally often, on any data.
constexpr std::array<double, ranged_evidences> alarm_excess = {0.0261, 0.0391, 0.00714, 0.0030,
                                                               0.0159};
constexpr double alarm_unlikelihood = 2.42;
constexpr double alarm_gap = 8;  // in usual pauses
constexpr double most_of_one = 4;
// Of `event_points`: the rest after an alarm, and for how long alarms raise the threshold. So that
// a series without anomalies alarms at most about once in 2000 points, whatever its values are
// like.
constexpr double refractory_part = 0.2, pressure_of_alarm = 0.17, fading = 32;
// Beyond, squares would overflow.
constexpr double largest = 1e150;
constexpr double rounding = 1e-14, surprise_rounding = 1e-12;
constexpr double least_surprise_spread = 0.02;
constexpr double least_pressure = 1e-100;  // less is none: denormals would be slow

/// −log10 of the probability that a Gaussian is z standard deviations or more above its mean:
/// exp(−0.416 z² − 0.717 z) / 2.
///
/// Source: J.-T. Lin, Approximating the normal tail probability and its inverse for use on a pocket
///         calculator, Applied Statistics 38, 1989
double gaussian_tail(double z) {
  constexpr double log10_of_e = 0.4343, log_of_2 = 0.6931;
  return log10_of_e * (0.416 * z * z + 0.717 * z + log_of_2);
}

}  // namespace

double anomaly_model::surprise_of(double x, double noise) {
  const double off = x - level_.mean();
  const double spread = std::sqrt(level_.variance()) + noise;
  level_.add(x, static_cast<double>(seen_), long_memory);
  // Bins that widen outwards, alike on both sides.
  constexpr std::size_t middle = (symbols - 1) / 2;
  constexpr auto outermost = static_cast<double>(middle);
  double bin = 0;
  if (seen_ > few && off != 0) {
    bin = std::clamp(std::round(2 * std::asinh(2 * off / spread)), -outermost, outermost);
  }
  const auto q = static_cast<std::size_t>(bin + outermost);
  const double u = -std::log10((counts_[q] * weight_ + 0.5) / (total_ + 4));
  if (total_ > histogram_memory) {
    weight_ *= 1 - 1 / histogram_memory;
    total_ *= 1 - 1 / histogram_memory;
    if (weight_ < least_weight) scale_weight();
  }
  counts_[q] += 1 / weight_;
  total_ += 1;
  return u;
}

namespace {

/// Where in the season a time lies, in [0, season).
std::int64_t phase_of(udf::timestamp time, udf::timestamp begin, std::chrono::nanoseconds season) {
  const auto phase = static_cast<std::int64_t>(elapsed(begin, time)) % season.count();
  return phase < 0 ? phase + season.count() : phase;
}

/// `most`: the evidence in thresholds.
void set_score(anomaly_result& result, double most) {
  result.score = std::min(1 - std::exp2(-most), std::nextafter(1.0, 0.0));
  result.is_anomaly = most >= 1;
}

/// From one point to the next, ns; 0 if the next one is late.
double pause_between(udf::timestamp one, udf::timestamp next) {
  return std::max(0.0, static_cast<double>(next.time_since_epoch().count()) -
                           static_cast<double>(one.time_since_epoch().count()));
}

}  // namespace

double anomaly_model::season_residual(udf::timestamp time, double x,
                                      std::chrono::nanoseconds season) {
  if (season.count() == 0) return 0;
  const double length = static_cast<double>(season.count()) / buckets;
  const auto phase = static_cast<double>(phase_of(time, first_time_, season));
  const auto b = std::min(buckets - 1, static_cast<std::size_t>(phase / length));
  const double stay = seen_ == 0 ? length / 12 : std::min(length, pause_between(last_time_, time));
  const double residual = bucket_counts_[b] == 0 ? 0 : x - bucket_means_[b];
  if (bucket_counts_[b] < std::numeric_limits<std::uint32_t>::max()) ++bucket_counts_[b];
  // By the time spent there, about seven seasons, however many points that are.
  const double alpha = std::min(1.0, std::max(1.0 / bucket_counts_[b], stay / (7 * length)));
  bucket_means_[b] += alpha * (x - bucket_means_[b]);
  return residual;
}

/// How much longer than any before the pause is, in usual pauses.
double anomaly_model::gap_until(udf::timestamp time) const {
  if (seen_ <= few || !(usual_pause_ > 0)) return 0;
  const double pause = pause_between(last_time_, time);
  return std::max(0.0, pause - std::max(longest_pause_, usual_pause_)) / usual_pause_;
}

void anomaly_model::learn_pause(double pause) {
  longest_pause_ = std::max(longest_pause_, pause) * (1 - shrinking);
  // A gap is not the usual thing, however long it is.
  const double counted = usual_pause_ > 0 ? std::min(pause, 4 * usual_pause_) : pause;
  approach(usual_pause_, counted, static_cast<double>(seen_ - 1), usual_memory);
}

double anomaly_model::unlikelihood(double mean_surprise) {
  const double m = likelihood_.mean();
  const double spread = std::sqrt(likelihood_.variance()) + least_surprise_spread;
  const double z = std::abs(mean_surprise - m) / spread;
  likelihood_.add(mean_surprise, static_cast<double>(seen_), long_memory);
  return seen_ <= enough ? 0 : gaussian_tail(z);
}

/// An alarm of the values is followed by a rest, and raises the threshold for a while. A gap tells
/// nothing of the values after it: its alarm neither silences others nor is silenced.
anomaly_result anomaly_model::judge(double of_values, double of_gap, const anomaly_settings& s) {
  anomaly_result result;
  result.raw = (of_values + of_gap) / s.threshold;
  const auto scale = static_cast<double>(s.event_points);
  pressure_ = pressure_ < least_pressure ? 0 : pressure_ * (1 - 1 / (fading * scale));
  if (since_alarm_ >= 0) ++since_alarm_;
  if (static_cast<std::int64_t>(seen_) < s.warmup) return result;
  const bool resting =
      since_alarm_ >= 0 && static_cast<double>(since_alarm_) <= std::floor(refractory_part * scale);
  const double rho = resting ? 0 : of_values / (s.threshold * (1 + pressure_));
  if (rho >= 1) {
    since_alarm_ = 0;
    pressure_ += pressure_of_alarm;
  }
  const double most = std::max(rho, of_gap / s.threshold);
  set_score(result, most);
  return result;
}

anomaly_model::measures anomaly_model::gather(udf::timestamp time, double x,
                                              const anomaly_settings& s) {
  const auto seen = static_cast<double>(seen_);
  measures m;
  m.noise = rounding * std::max(std::abs(x), std::abs(level_.mean()));
  const double u = surprise_of(x, m.noise);
  for (std::size_t i = 0; i < surprise_.size(); ++i) {
    approach(surprise_[i], u, seen, surprise_memories[i]);
  }
  m.values[of_jump] = seen_ <= few ? 0 : x - recent_;
  approach(recent_, x, seen, recent_memory);
  if (seen_ == 0) first_time_ = time;
  m.values[of_season] = season_residual(time, x, s.season);
  if (s.detect_gaps && seen_ > 0) {
    m.gap = gap_until(time);
    learn_pause(pause_between(last_time_, time));
  }
  last_time_ = time;
  m.values[of_surprise] = surprise_[short_mean];
  m.values[of_regime] = surprise_[long_mean];
  m.values[of_value] = x;
  return m;
}

/// Each piece of evidence, then takes the measures into the ranges.
std::array<double, evidences> anomaly_model::weigh(const measures& m, const anomaly_settings& s) {
  const double shrink = 2 * static_cast<std::int64_t>(seen_) > s.warmup ? shrinking : 0;
  std::array<double, evidences> found{};
  for (std::size_t i = 0; i < ranged_evidences; ++i) {
    const bool is_surprise = i == of_surprise || i == of_regime;
    const double noise = is_surprise ? surprise_rounding : m.noise;
    if (seen_ > 0) {
      found[i] = std::min(most_of_one, ranges_[i].excess(m.values[i], noise) / alarm_excess[i]);
    }
    ranges_[i].add(m.values[i], seen_ == 0, shrink);
  }
  found[of_likelihood] =
      std::min(most_of_one, unlikelihood(surprise_[middle_mean]) / alarm_unlikelihood);
  found[of_gap] = std::min(most_of_one, m.gap / alarm_gap);
  return found;
}

anomaly_result anomaly_model::update(udf::timestamp time, double x, const anomaly_settings& s) {
  const auto found = weigh(gather(time, std::clamp(x, -largest, largest), s), s);
  const double of_values = std::accumulate(found.begin(), found.begin() + of_gap, 0.0);
  auto result = judge(of_values, found[of_gap], s);
  result.evidence = found;
  ++seen_;
  return result;
}

anomaly_result anomaly_model::judge_pause(udf::timestamp until, const anomaly_settings& s) const {
  anomaly_result result;
  if (!s.detect_gaps) return result;
  const double gap = std::min(most_of_one, gap_until(until) / alarm_gap);
  result.evidence[of_gap] = gap;
  result.raw = gap / s.threshold;
  if (static_cast<std::int64_t>(seen_) < s.warmup) return result;
  set_score(result, result.raw);
  return result;
}

}  // namespace kapacitor::udf::functions
