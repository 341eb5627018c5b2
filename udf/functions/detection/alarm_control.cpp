#include "functions/detection/alarm_control.hpp"

#include <algorithm>
#include <cmath>

namespace kapacitor::udf::functions {
namespace {

// Of `event_points`.
constexpr double rest = 0.2, pressure_memory = 32, rare_memory = 5;
constexpr double pressure_of_alarm = 0.3;
constexpr double free_alarms = 3, price_of_alarm = 0.5;
constexpr double least = 1e-100;  // less is none: denormals would be slow

void fade(double& x, double part) {
  x = x < least ? 0 : x * (1 - part);
}

}  // namespace

double alarm_control::judge(const evidence& e, const settings& s) {
  const double of_event = 1 / s.event_points;
  fade(pressure_, of_event * (1 / pressure_memory));
  fade(rare_alarms_, of_event * (1 / rare_memory));
  if (since_ >= 0) ++since_;
  if (!s.is_warm) return 0;
  const double price = 1 + price_of_alarm * std::max(0.0, rare_alarms_ - free_alarms);
  double novelty = e.novelty / (1 + pressure_);
  double rarity = std::max(e.rarity / (price * s.caution), e.standstill);
  if (s.incident_is_open) rarity = 0;
  if (since_ >= 0 && static_cast<double>(since_) <= std::floor(rest * s.event_points)) {
    novelty = 0;
    if (rarity < 1) return 0;
  }
  if (novelty >= 1) pressure_ += pressure_of_alarm;
  if (rarity >= 1) rare_alarms_ += 1;
  const double most = std::max(novelty, rarity);
  if (most >= 1) since_ = 0;
  return most;
}

bool alarm_control::is_possible() const {
  constexpr std::int64_t most = std::int64_t{1} << 62;
  return std::isfinite(pressure_) && pressure_ >= 0 && std::isfinite(rare_alarms_) &&
         rare_alarms_ >= 0 && since_ >= -1 && since_ <= most;
}

void alarm_control::take_over(double pressure, std::int64_t since) {
  pressure_ = pressure;
  since_ = since;
}

}  // namespace kapacitor::udf::functions
