#include "functions/detection/season_profile.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "functions/windows/elapsed.hpp"

namespace kapacitor::udf::functions {
namespace {

using std::chrono::nanoseconds;

constexpr double memory = 7;  // seasons

std::size_t parts_of(nanoseconds season) {
  return season > std::chrono::hours(48) ? season_profile::most_parts
                                         : season_profile::parts_of_day;
}

/// Where in the season a time lies, in [0, season).
std::int64_t phase_of(udf::timestamp time, udf::timestamp begin, nanoseconds season) {
  const auto phase = static_cast<std::int64_t>(elapsed(begin, time)) % season.count();
  return phase < 0 ? phase + season.count() : phase;
}

/// ns from one time to a later one; 0 if it is not later.
double pause_between(udf::timestamp one, udf::timestamp next) {
  return std::max(0.0, static_cast<double>(next.time_since_epoch().count()) -
                           static_cast<double>(one.time_since_epoch().count()));
}

}  // namespace

double season_profile::age(udf::timestamp time) const {
  return begun_ ? pause_between(first_, time) : 0;
}

season_profile::place season_profile::place_of(udf::timestamp time, nanoseconds season) const {
  const std::size_t parts = parts_of(season);
  const double length = static_cast<double>(season.count()) / static_cast<double>(parts);
  const auto phase = static_cast<double>(phase_of(time, begun_ ? first_ : time, season));
  const double at = phase / length;
  const auto part = std::min(parts - 1, static_cast<std::size_t>(at));
  const double off = at - static_cast<double>(part) - 0.5;  // the middle
  std::size_t neighbour = part + 1 == parts ? 0 : part + 1;
  if (off < 0) neighbour = part == 0 ? parts - 1 : part - 1;
  return {time, part, neighbour, std::abs(off), length};
}

std::optional<double> season_profile::expected(const place& p) const {
  if (counts_[p.part] == 0) return std::nullopt;
  if (counts_[p.neighbour] == 0) return means_[p.part];
  return means_[p.part] + p.towards * (means_[p.neighbour] - means_[p.part]);
}

void season_profile::learn(const place& p, double x, double most_surprise) {
  const double stay = begun_ ? std::min(p.length, pause_between(last_, p.time)) : p.length / 12;
  auto& count = counts_[p.part];
  auto& mean = means_[p.part];
  const bool is_new = count == 0;
  if (count < std::numeric_limits<std::uint16_t>::max()) ++count;
  // By the time spent there, about seven seasons, however many points that are.
  const double weight = std::min(1.0, std::max(1.0 / count, stay / (memory * p.length)));
  mean = is_new ? x : mean + weight * std::clamp(x - mean, -most_surprise, most_surprise);
  if (!begun_) first_ = p.time;
  begun_ = true;
  last_ = p.time;
}

void season_profile::take_over(const day& d, nanoseconds season) {
  begun_ = true;
  first_ = d.first;
  last_ = d.last;
  if (season.count() == 0 || parts_of(season) != parts_of_day) return;
  constexpr std::uint32_t most = std::numeric_limits<std::uint16_t>::max();
  for (std::size_t i = 0; i < parts_of_day; ++i) {
    means_[i] = d.means[i];
    counts_[i] = static_cast<std::uint16_t>(std::min(most, d.counts[i]));
  }
}

bool season_profile::is_possible() const {
  return std::all_of(means_.begin(), means_.end(), [](double x) { return std::isfinite(x); });
}

}  // namespace kapacitor::udf::functions
