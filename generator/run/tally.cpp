#include "run/tally.hpp"

namespace kapacitor::generator {

tally& tally::operator+=(const tally& other) {
  if (legs.size() < other.legs.size()) legs.resize(other.legs.size());
  for (std::size_t i = 0; i < other.legs.size(); ++i) {
    const auto& from = other.legs[i];
    legs[i].name = from.name;
    legs[i].points += from.points;
    legs[i].service_time.merge(from.service_time);
    legs[i].time_from_schedule.merge(from.time_from_schedule);
    legs[i].failing = legs[i].failing || from.failing;
  }
  lateness.merge(other.lateness);
  skipped += other.skipped;
  return *this;
}

}  // namespace kapacitor::generator
