#include "functions/detection/novelty.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace kapacitor::udf::functions {
namespace {

// Memories, in points.
constexpr double long_memory = 8'000;
constexpr std::array<double, 3> surprise_memories = {5, 20, 40};
constexpr std::size_t short_mean = 0, middle_mean = 1, long_mean = 2;  // of the surprise
constexpr double recent_memory = 2;
// Points until a spread means something, and until the spread of the surprise does.
constexpr std::uint64_t few = 5, enough = 30;
// The parts of its width that a range gives up with each point, and takes in at most.
constexpr double shrinking = 1e-5, taking_in = 0.3;
// How far outside its range each value has to be for an alarm by itself: such that each alarms
// about equally often, on any data.
constexpr std::array<double, ranged_novelties> alarm_excess = {0.0261, 0.0391, 0.00714, 0.0030,
                                                               0.0159};
constexpr double alarm_unlikelihood = 2.42;
constexpr double most_of_one = 4;
constexpr double rounding = 1e-14, surprise_rounding = 1e-12;
constexpr double least_surprise_spread = 0.02;

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

double novelty::noise_of(double x) const {
  return rounding * std::max(std::abs(x), std::abs(level_.mean()));
}

/// Bins that widen outwards, alike on both sides: of 2 asinh(2 z), to whole numbers.
std::size_t novelty::symbol_of(double off, double spread) const {
  constexpr std::size_t middle = (symbols - 1) / 2;
  // sinh((k - 0.5) / 2) / 2: where each of them ends. A logarithm would cost more.
  constexpr std::array<double, middle> ends = {
      0.12630615840408416, 0.411158365967915, 0.80095954015041282, 1.3952071831388211,
      2.3455841529491654,  3.894676005745366, 6.4378914273403351,  10.624391063551693};
  if (seen_ <= few || off == 0) return middle;
  const double z = std::abs(off) / spread;
  std::size_t k = 0;
  for (const double end : ends) k += z >= end ? 1 : 0;
  return off > 0 ? middle + k : middle - k;
}

void novelty::count(std::size_t symbol) {
  if (total_ > histogram_memory) {
    weight_ *= 1 - 1 / histogram_memory;
    total_ *= 1 - 1 / histogram_memory;
    if (weight_ < least_weight) scale_weight();
  }
  counts_[symbol] += 1 / weight_;
  total_ += 1;
}

double novelty::surprise_of(double x, double noise) {
  const double off = x - level_.mean();
  const double spread = std::sqrt(level_.variance()) + noise;
  level_.add(x, static_cast<double>(seen_), long_memory);
  const std::size_t symbol = symbol_of(off, spread);
  const double u = -std::log10((counts_[symbol] * weight_ + 0.5) / (total_ + 4));
  count(symbol);
  return u;
}

double novelty::jump_of(double x) {
  const double jump = seen_ <= few ? 0 : x - recent_;
  approach(recent_, x, static_cast<double>(seen_), recent_memory);
  return jump;
}

double novelty::unlikelihood(double mean_surprise) {
  const double m = likelihood_.mean();
  const double spread = std::sqrt(likelihood_.variance()) + least_surprise_spread;
  const double z = std::abs(mean_surprise - m) / spread;
  likelihood_.add(mean_surprise, static_cast<double>(seen_), long_memory);
  return seen_ <= enough ? 0 : gaussian_tail(z);
}

novelty::judgement novelty::judge(const sample& s) {
  judgement result;
  result.usual = ranges_;
  const double noise = noise_of(s.x);
  const double u = surprise_of(s.x, noise);
  for (std::size_t i = 0; i < surprise_.size(); ++i) {
    approach(surprise_[i], u, static_cast<double>(seen_), surprise_memories[i]);
  }
  result.jump = jump_of(s.x);
  const std::array<double, ranged_novelties> values = {
      s.season_residual, result.jump, surprise_[short_mean], surprise_[long_mean], s.x};
  const double most = s.takes_all_in ? std::numeric_limits<double>::infinity() : taking_in;
  for (std::size_t i = 0; i < ranged_novelties; ++i) {
    const bool is_surprise = i == new_surprise || i == new_regime;
    const double none = is_surprise ? surprise_rounding : noise;
    const double excess = seen_ > 0 ? ranges_[i].excess(values[i], none) : 0;
    if (excess > 0) {
      result.evidence[i] = std::min(most_of_one, excess / (alarm_excess[i] * s.caution));
    }
    if (s.learns_all) {
      ranges_[i].add(values[i], seen_ == 0, 0);
    } else {
      ranges_[i].add(values[i], {most, none, shrinking});
    }
  }
  result.evidence[new_likelihood] = std::min(
      most_of_one, unlikelihood(surprise_[middle_mean]) / (alarm_unlikelihood * s.caution));
  ++seen_;
  return result;
}

/// Without a trace: by a power of two, and what vanishes would not count.
void novelty::scale_weight() {
  for (double& c : counts_) c *= least_weight;
  weight_ /= least_weight;
}

}  // namespace kapacitor::udf::functions
