#include "host/replay_clock.hpp"

#include "base/numbers/saturated.hpp"
#include "host/line_points.hpp"

namespace kapacitor::udf::host {

bool replay_clock::begin(std::int64_t time) {
  if (first_) return false;
  first_ = time;
  began_ = wall_time();
  return true;
}

std::int64_t replay_clock::wait(std::int64_t time) const {
  if (speed_ <= 0) return 0;
  const auto distance = static_cast<double>(saturated_sub(time, *first_)) / speed_;
  return saturated_sub(saturated_add(began_, saturated_from(distance)), wall_time());
}

bool replay_clock::move(std::int64_t& time) const {
  // The distance between two times may be more than 64 bits hold, where the sum is not.
  __extension__ using wide = __int128;
  if (!moves_) return true;
  const auto moved = wide{time} - *first_ + began_;
  if (moved > INT64_MAX || moved < INT64_MIN) return false;
  time = static_cast<std::int64_t>(moved);
  return true;
}

}  // namespace kapacitor::udf::host
