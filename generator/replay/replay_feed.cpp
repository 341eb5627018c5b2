#include "replay/replay_feed.hpp"

#include <algorithm>
#include <utility>

#include "base/line/number.hpp"
#include "base/numbers/saturated.hpp"
#include "base/text/error.hpp"

namespace kapacitor::generator {
namespace {

using std::chrono::nanoseconds;

// Points made before the network gets its turn again: a few milliseconds' worth.
constexpr std::size_t turn_points = 20'000;
// Points closer together than this are made in one go, to keep an idle machine idle.
constexpr auto least_pause = std::chrono::microseconds(500);
// The clock must not overflow, however slow the replay of however many years is.
constexpr auto longest = std::chrono::hours(24 * 365 * 100);

nanoseconds slowed(std::int64_t distance, double speed) {
  // Whole ns, exactly, where there is nothing to divide.
  if (speed == 1) return std::min<nanoseconds>(nanoseconds(distance), longest);
  const double ns = static_cast<double>(distance) / speed;
  if (ns >= static_cast<double>(nanoseconds(longest).count())) return longest;
  return nanoseconds(static_cast<std::int64_t>(ns));
}

std::int64_t shift_of(const replay_file& file, const replay_feed::plan& p) {
  if (!p.rebase) return 0;
  const auto points = file.points();
  std::int64_t shift = 0, last = 0;
  if (__builtin_sub_overflow(p.start_time, points.front().time, &shift) ||
      __builtin_add_overflow(points.back().time, shift, &last)) {
    throw usage_error("the points cannot begin at " + time_to_text(p.start_time) +
                      ": the last one would be after the year 2262");
  }
  return shift;
}

}  // namespace

replay_feed::replay_feed(const replay_file& file, const plan& p, replay_label_sink on_label,
                         steady_time start)
    : file_(file),
      plan_(p),
      start_(start),
      batcher_(p.batch, [this](batch&& b) { sink_->add(std::move(b)); }),
      cursor_(file, p.shard, shift_of(file, p), {p.loop, p.points}),
      labels_(file, p.shard, std::move(on_label)),
      first_time_(file.points().front().time + shift_of(file, p)) {
  if (over()) end();
}

steady_time replay_feed::deadline() const {
  std::int64_t distance = 0;
  if (__builtin_sub_overflow(cursor_.time(), first_time_, &distance)) return start_ + longest;
  return start_ + slowed(distance, at_once() ? 1 : plan_.speed);
}

bool replay_feed::over() const {
  if (cursor_.at_end()) return true;
  return plan_.duration.count() > 0 && deadline() - start_ >= plan_.duration;
}

void replay_feed::produce(steady_time now, batch_sink& to) {
  sink_ = &to;
  std::size_t left = turn_points;
  while (!finished_ && left > 0) {
    if (at_once() ? to.busy() : deadline() > now) break;
    left -= make_some(at_once() ? std::min(left, plan_.batch.points) : left, now);
  }
  if (!finished_) flush_if_due(now);
}

std::size_t replay_feed::make_some(std::size_t most, steady_time now) {
  std::size_t count = 0;
  for (; count < most && !finished_; ++count) {
    const auto due = at_once() ? now : deadline();
    if (due > now) break;
    make(due);
    lateness_.add(now - due);
    if (over()) end();
  }
  return count;
}

void replay_feed::make(steady_time due) {
  const auto& entry = cursor_.entry();
  batcher_.set_due(due);
  char* out = batcher_.begin_line(file_.most(entry) + 22);
  out = file_.write(entry, memory_, out);
  *out++ = ' ';
  out = write_integer(out, in_units(cursor_.time(), plan_.time_unit));
  *out++ = '\n';
  batcher_.end_line(out);
  ++made_;
  labels_.made(cursor_);
  cursor_.next();
}

void replay_feed::flush_if_due(steady_time now) {
  if (batcher_.empty()) return;
  const auto latest = batcher_.oldest() + plan_.flush;
  // Nothing will join these points in time, so there is no reason for them to wait.
  const bool alone = !at_once() && deadline() >= latest;
  if (alone || now >= latest) batcher_.flush();
}

steady_time replay_feed::wake(steady_time now, const batch_sink& to) const {
  if (finished_) return steady_time::max();
  if (at_once()) return to.busy() ? steady_time::max() : steady_time::min();
  const auto next = deadline();
  // Far behind: the next turn at once.
  if (next + std::chrono::milliseconds(5) < now) return steady_time::min();
  auto wake = std::max(next, now + least_pause);
  if (!batcher_.empty()) wake = std::min(wake, batcher_.oldest() + plan_.flush);
  return wake;
}

void replay_feed::stop(batch_sink& to) {
  sink_ = &to;
  end();
}

void replay_feed::end() {
  if (std::exchange(finished_, true)) return;
  labels_.finish();
  batcher_.flush();
}

replay_feed::plan plan_of(const replay_settings& s) {
  replay_feed::plan p;
  p.speed = s.speed;
  p.rebase = s.rebase;
  p.loop = s.loop;
  p.points = s.points;
  p.duration = s.duration;
  return p;
}

}  // namespace kapacitor::generator
