#include "run/tick_feed.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "run/precision.hpp"

namespace kapacitor::generator {
namespace {

// Points made before the network gets its turn again: a millisecond's worth.
constexpr std::size_t turn_points = 10'000;
// Ticks closer together than this are made in one go, to keep an idle machine idle.
constexpr auto least_pause = std::chrono::microseconds(500);
// Less is what every machine does to every program.
constexpr auto tolerated_lag = std::chrono::milliseconds(10);
constexpr std::uint64_t jitter_path = 0x6a697474;

}  // namespace

tick_feed::tick_feed(source& from, plan p, steady_time start)
    : source_(from),
      plan_(std::move(p)),
      schedule_(plan_.at, start, plan_.start_time),
      jitter_({plan_.seed, jitter_path}),
      batcher_(plan_.batch, [this](batch&& b) { sink_->add(std::move(b)); }),
      end_(last_tick()) {
  enter(from.live() ? 1 : 0);
}

std::int64_t tick_feed::last_tick() const {
  if (plan_.duration.count() == 0) return std::numeric_limits<std::int64_t>::max();
  // A live source shows what has been: its ticks lie at the ends of the intervals.
  const std::chrono::nanoseconds open_end(source_.live() ? 0 : 1);
  return schedule_.ticks_up_to(plan_.duration - open_end);
}

void tick_feed::enter(std::int64_t tick) {
  tick_ = tick;
  auto deadline = schedule_.deadline(tick);
  if (plan_.jitter.count() > 0) {
    const auto most = static_cast<double>(plan_.jitter.count());
    deadline += std::chrono::nanoseconds(static_cast<std::int64_t>(most * jitter_.uniform(tick)));
  }
  // Ticks stay in their order.
  deadline_ = std::max(deadline_, deadline);
}

bool tick_feed::tick_ready(steady_time now) {
  if (within_ > 0) return true;
  if (!plan_.at_once) {
    if (now < deadline_) return false;
    skip_missed(now);
    lateness_.add(now - deadline_);
  }
  time_ = in_units(plan_.clock ? time_now() : schedule_.time(tick_), plan_.unit);
  return true;
}

void tick_feed::skip_missed(steady_time now) {
  const auto late = now - deadline_;
  const bool too_late = late > tolerated_lag && now > schedule_.deadline(tick_ + 1);
  if (!source_.live() && !(plan_.skip_late && too_late)) return;
  const auto last = std::min(schedule_.due(now), end_) - 1;
  if (last <= tick_) return;
  skipped_ += last - tick_;
  for (auto tick = tick_; tick < last && !source_.live(); ++tick) {
    source_.skip({tick, in_units(schedule_.time(tick), plan_.unit), plan_.unit,
                  schedule_.offset(tick).count()});
  }
  enter(last);
}

std::int64_t tick_feed::time_now() {
  // Two ticks never have the same time, or the later would overwrite the earlier.
  return last_clock_ = std::max(plan_.clock(), last_clock_ + plan_.unit);
}

void tick_feed::produce(steady_time now, batch_sink& to) {
  sink_ = &to;
  std::size_t left = plan_.at_once ? std::min(turn_points, plan_.batch.points) : turn_points;
  while (!finished_ && left > 0 && !(plan_.at_once && to.busy()) && tick_ready(now)) {
    batcher_.set_due(plan_.at_once ? now : deadline_);
    left -= produce_some(left);
    if (tick_ >= end_ || (plan_.points > 0 && made_ >= plan_.points)) end();
  }
  if (!finished_) flush_if_due(now);
}

std::size_t tick_feed::produce_some(std::size_t most) {
  const auto all = source_.points_per_tick();
  auto count = source_.live() ? all : std::min(all - within_, most);
  if (plan_.points > 0 && !source_.live()) {
    count = static_cast<std::size_t>(std::min<std::uint64_t>(count, plan_.points - made_));
  }
  source_.produce({tick_, time_, plan_.unit, schedule_.offset(tick_).count()}, {within_, count},
                  batcher_);
  made_ += count;
  within_ += count;
  if (within_ == all) {
    within_ = 0;
    enter(tick_ + 1);
  }
  return std::min(count, most);
}

void tick_feed::flush_if_due(steady_time now) {
  if (batcher_.empty() || within_ > 0) return;
  const auto latest = batcher_.oldest() + plan_.flush;
  // Nothing will join these points in time, so there is no reason for them to wait.
  const bool alone = !plan_.at_once && deadline_ >= latest;
  if (alone || now >= latest) batcher_.flush();
}

steady_time tick_feed::wake(steady_time now, const batch_sink& to) const {
  if (finished_) return steady_time::max();
  if (plan_.at_once) return to.busy() ? steady_time::max() : steady_time::min();
  if (within_ > 0) return steady_time::min();
  // Far behind: the next turn at once.
  if (deadline_ + std::chrono::milliseconds(5) < now) return steady_time::min();
  auto wake = std::max(deadline_, now + least_pause);
  if (!batcher_.empty()) wake = std::min(wake, batcher_.oldest() + plan_.flush);
  return wake;
}

void tick_feed::stop(batch_sink& to) {
  sink_ = &to;
  end();
}

void tick_feed::end() {
  if (std::exchange(finished_, true)) return;
  source_.finish(batcher_);
  batcher_.flush();
}

}  // namespace kapacitor::generator
