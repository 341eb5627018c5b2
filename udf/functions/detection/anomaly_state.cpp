// What of an anomaly_model is restored from a snapshot, and what keeps it within numbers.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "functions/detection/anomaly_model.hpp"

namespace kapacitor::udf::functions {
namespace {

bool are_finite(const auto& list) {
  return std::all_of(list.begin(), list.end(), [](double x) { return std::isfinite(x); });
}

}  // namespace

/// Version 1 let the weight vanish, after 11 million points of a group: nothing that it has learned
/// since can be told from what the infinite counts made of it.
bool novelty::is_worn_out() const {
  return (weight_ >= 0 && weight_ < std::numeric_limits<double>::min()) ||
         std::any_of(counts_.begin(), counts_.end(), [](double x) { return std::isinf(x); });
}

/// Whether the histogram's counts are what its total says.
bool novelty::adds_up() const {
  double sum = 0;
  for (const double count : counts_) {
    if (count < 0) return false;
    sum += count * weight_;
  }
  return weight_ > 0 && weight_ <= 1 && total_ >= 0 && total_ <= histogram_memory + 1 &&
         std::abs(sum - total_) <= 1e-6 * (total_ + 1);
}

bool novelty::is_possible() const {
  const std::array<double, 3> single = {total_, weight_, recent_};
  return are_finite(counts_) && are_finite(surprise_) && are_finite(single) &&
         level_.is_possible() && likelihood_.is_possible() &&
         std::all_of(ranges_.begin(), ranges_.end(),
                     [](const auto& range) { return range.is_possible(); }) &&
         adds_up();
}

void novelty::read_version_1(udf::state_reader& in, std::uint64_t seen) {
  seen_ = seen;
  in.read(level_);
  in.read(likelihood_);
  in.read(counts_);
  in.read(total_);
  in.read(weight_);
  in.read(surprise_);
  in.read(recent_);
}

void novelty::scale_weights() {
  while (weight_ < least_weight) scale_weight();
}

bool anomaly_model::is_possible() const {
  const auto sound = [](const auto&... parts) { return (parts.is_possible() && ...); };
  return sound(novelty_, profile_, recent_, local_, seasonal_, flat_, pauses_, control_,
               incident_) &&
         std::isfinite(lasting_);
}

void anomaly_model::check_state() {
  if (novelty_.is_worn_out()) {
    *this = anomaly_model();
    return;
  }
  if (!is_possible()) {
    throw udf::state_error(
        "the snapshot has numbers that are not finite, or counts that cannot be");
  }
  novelty_.scale_weights();
  recent_.sort();
  constexpr std::uint64_t most = std::uint64_t{1} << 62;  // beyond what can come; can be counted on
  if (seen_ > most) throw udf::state_error("the snapshot has seen more points than there can be");
}

void anomaly_model::read_version_1(udf::state_reader& in, std::chrono::nanoseconds season) {
  *this = anomaly_model();
  season_profile::day day{};
  std::array<double, 3> alone{};  // usual and longest pause, pressure
  std::int64_t since_alarm = -1;
  in.read(seen_);
  in.read(day.first);
  in.read(day.last);
  novelty_.read_version_1(in, seen_);
  in.read(day.means);
  in.read(day.counts);
  novelty_.read_ranges(in);
  for (double& number : alone) in.read(number);
  in.read(since_alarm);
  profile_.take_over(day, season);
  pauses_.take_over({seen_, day.last, alone[0], alone[1]});
  control_.take_over(alone[2], since_alarm);
}

}  // namespace kapacitor::udf::functions
