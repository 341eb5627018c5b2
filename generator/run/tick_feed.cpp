#include "run/tick_feed.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace kapacitor::generator {
namespace {

// Points made before the network gets its turn again: a few milliseconds' worth.
constexpr std::size_t turn_points = 20'000;
// Ticks closer together than this are made in one go, to keep an idle machine idle.
constexpr auto least_pause = std::chrono::microseconds(500);

}  // namespace

tick_feed::tick_feed(source& from, const plan& p, sink to, steady_time start)
    : source_(from),
      plan_(p),
      sink_(std::move(to)),
      schedule_(p.interval, start, p.start_time),
      batcher_(p.batch, [this](batch&& b) { sink_.add(std::move(b)); }),
      end_(last_tick()),
      tick_(from.live() ? 1 : 0) {}

std::int64_t tick_feed::last_tick() const {
  if (plan_.duration.count() == 0) return std::numeric_limits<std::int64_t>::max();
  // A live source shows what has been: its ticks lie at the ends of the intervals.
  const std::chrono::nanoseconds open_end(source_.live() ? 0 : 1);
  return schedule_.ticks_up_to(plan_.duration - open_end);
}

bool tick_feed::tick_ready(steady_time now) {
  if (within_ > 0 || plan_.at_once) return true;
  const auto due = schedule_.due(now);
  if (tick_ >= due) return false;
  if (source_.live()) {
    skipped_ += due - 1 - tick_;
    tick_ = std::min(due, end_) - 1;
  }
  lateness_.add(now - schedule_.deadline(tick_));
  return true;
}

void tick_feed::produce(steady_time now) {
  std::size_t left = turn_points;
  while (!finished_ && left > 0 && !(plan_.at_once && sink_.busy()) && tick_ready(now)) {
    batcher_.set_due(plan_.at_once ? now : schedule_.deadline(tick_));
    left -= produce_some(plan_.at_once ? std::min(left, plan_.batch.points) : left);
    if (tick_ >= end_ || (plan_.points > 0 && made_ >= plan_.points)) stop();
  }
  if (!finished_) flush_if_due(now);
}

std::size_t tick_feed::produce_some(std::size_t most) {
  const auto all = source_.points_per_tick();
  auto count = source_.live() ? all : std::min(all - within_, most);
  if (plan_.points > 0 && !source_.live()) {
    count = static_cast<std::size_t>(std::min<std::uint64_t>(count, plan_.points - made_));
  }
  source_.produce({tick_, schedule_.time(tick_), schedule_.offset(tick_).count()}, {within_, count},
                  batcher_);
  made_ += count;
  within_ += count;
  if (within_ == all) {
    within_ = 0;
    ++tick_;
  }
  return std::min(count, most);
}

void tick_feed::flush_if_due(steady_time now) {
  if (batcher_.empty() || within_ > 0) return;
  const auto latest = batcher_.oldest() + plan_.flush;
  // Nothing will join these points in time, so there is no reason for them to wait.
  const bool alone = !plan_.at_once && schedule_.deadline(tick_) >= latest;
  if (alone || now >= latest) batcher_.flush();
}

steady_time tick_feed::wake(steady_time now) const {
  if (finished_) return steady_time::max();
  if (plan_.at_once) return sink_.busy() ? steady_time::max() : steady_time::min();
  const auto next = schedule_.deadline(tick_);
  if (within_ > 0) return steady_time::min();
  // Far behind: the next turn at once.
  if (next + std::chrono::milliseconds(5) < now) return steady_time::min();
  auto wake = std::max(next, now + least_pause);
  if (!batcher_.empty()) wake = std::min(wake, batcher_.oldest() + plan_.flush);
  return wake;
}

void tick_feed::stop() {
  if (std::exchange(finished_, true)) return;
  source_.finish(batcher_);
  batcher_.flush();
}

}  // namespace kapacitor::generator
