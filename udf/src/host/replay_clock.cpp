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
  std::int64_t by = 0;
  if (!moves_) return true;
  return !__builtin_sub_overflow(began_, *first_, &by) && !__builtin_add_overflow(time, by, &time);
}

}  // namespace kapacitor::udf::host
