// What of an anomaly_model is restored from a snapshot, and what keeps it within numbers.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "functions/detection/anomaly_model.hpp"

namespace kapacitor::udf::functions {

/// Without a trace: by a power of two, and what vanishes would not count.
void anomaly_model::scale_weight() {
  for (double& count : counts_) count *= least_weight;
  weight_ /= least_weight;
}

/// Whether it comes from a version that let the weight vanish, after 11 million points of a group:
/// nothing that it has learned since can be told from what the infinite counts made of it.
bool anomaly_model::is_worn_out() const {
  return (weight_ >= 0 && weight_ < std::numeric_limits<double>::min()) ||
         std::any_of(counts_.begin(), counts_.end(), [](double x) { return std::isinf(x); });
}

bool anomaly_model::is_possible() const {
  const auto finite = [](const auto&... lists) {
    const auto all = [](const auto& list) {
      return std::all_of(list.begin(), list.end(), [](double x) { return std::isfinite(x); });
    };
    return (all(lists) && ...);
  };
  const std::array<double, 6> single = {total_,       weight_,        recent_,
                                        usual_pause_, longest_pause_, pressure_};
  const auto sound = [](const auto& part) { return part.is_possible(); };
  return finite(counts_, surprise_, bucket_means_, single) && sound(level_) && sound(likelihood_) &&
         std::all_of(ranges_.begin(), ranges_.end(), sound);
}

/// Whether the histogram's counts are what its total says.
bool anomaly_model::adds_up() const {
  double sum = 0;
  for (const double count : counts_) {
    if (count < 0) return false;
    sum += count * weight_;
  }
  return weight_ > 0 && weight_ <= 1 && total_ >= 0 && total_ <= histogram_memory + 1 &&
         std::abs(sum - total_) <= 1e-6 * (total_ + 1);
}

void anomaly_model::check_state() {
  if (is_worn_out()) {
    *this = anomaly_model();
    return;
  }
  if (!is_possible() || !adds_up()) {
    throw udf::state_error(
        "the snapshot has numbers that are not finite, or counts that cannot be");
  }
  while (weight_ < least_weight) scale_weight();
  constexpr std::int64_t most = std::int64_t{1} << 62;  // beyond what can come; can be counted on
  if (seen_ > std::uint64_t{most} || since_alarm_ < -1 || since_alarm_ > most) {
    throw udf::state_error("the snapshot has seen more points than there can be");
  }
}

}  // namespace kapacitor::udf::functions
