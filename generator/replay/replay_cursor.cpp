#include "replay/replay_cursor.hpp"

#include <algorithm>

namespace kapacitor::generator {
namespace {

constexpr std::int64_t lone_point_interval = 1'000'000'000;  // ns, of a file with one time only

/// The span and the distance to the next pass; 0 if that leaves the range of times.
std::int64_t length_of(const replay_file& file) {
  const auto points = file.points();
  const auto median = file.description().median_interval;
  std::int64_t length = 0;
  if (__builtin_add_overflow(points.back().time - points.front().time,
                             median > 0 ? median : lone_point_interval, &length)) {
    return 0;
  }
  return length;
}

}  // namespace

replay_cursor::replay_cursor(const replay_file& file, replay_shard shard, std::int64_t shift,
                             limits l)
    : file_(file), shard_(shard), limits_(l), pass_length_(length_of(file)), shift_(shift) {
  find();
}

void replay_cursor::next() {
  ++at_;
  find();
}

/// Goes on to the next point of the shard. A shard that has none would look for it for ever.
void replay_cursor::find() {
  const auto points = file_.points();
  for (int begun = 0; begun < 2;) {
    while (at_ < points.size() && !shard_.has(points[at_])) ++at_;
    if (at_ < points.size()) {
      at_end_ = !within_limits();
      return;
    }
    if (!begin_pass()) break;
    ++begun;
  }
  at_end_ = true;
}

bool replay_cursor::begin_pass() {
  if (!limits_.loop || pass_length_ == 0) return false;
  std::int64_t last = 0;
  if (__builtin_add_overflow(shift_, pass_length_, &shift_) ||
      __builtin_add_overflow(file_.points().back().time, shift_, &last)) {
    return false;
  }
  at_ = 0;
  ++pass_;
  return true;
}

bool replay_cursor::within_limits() {
  return limits_.points == 0 || pass_ * file_.points().size() + at_ < limits_.points;
}

}  // namespace kapacitor::generator
