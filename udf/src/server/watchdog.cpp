#include "server/watchdog.hpp"

#include <algorithm>
#include <utility>

#include "base/text/log.hpp"
#include "session/session.hpp"

namespace kapacitor::udf::server {

void activity::add(outlet& o) {
  const std::lock_guard lock(mutex_);
  outlets_.insert(&o);
}

void activity::remove(outlet& o) {
  const std::lock_guard lock(mutex_);
  outlets_.erase(&o);
}

std::string activity::label_of_current() {
  const std::lock_guard lock(mutex_);
  const auto found = outlets_.find(const_cast<outlet*>(current_.load(std::memory_order_relaxed)));
  return found == outlets_.end() ? std::string() : (*found)->label();
}

watchdog::watchdog(const watchdog_settings& settings, log_sink log)
    : settings_(settings), log_(std::move(log)), frame_(agent::heartbeat_frame()) {
  if (settings_.max_busy.count() > 0) thread_ = std::thread([this] { run(); });
}

watchdog::~watchdog() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

activity& watchdog::add_thread() {
  const std::lock_guard lock(mutex_);
  return *activities_.emplace_back(std::make_unique<activity>(*this));
}

void watchdog::wake() {
  {
    const std::lock_guard lock(mutex_);
    asleep_ = false;
  }
  changed_.notify_all();
}

void watchdog::run() {
  std::unique_lock lock(mutex_);
  // Twice as often as it beats: so that the first heartbeat comes within one interval.
  const auto tick = settings_.interval / 2;
  while (!stopping_) {
    const bool anything = look_at_all();
    if (!anything && !sleep_until_work(lock)) continue;
    changed_.wait_for(lock, tick, [this] { return stopping_; });
  }
}

bool watchdog::sleep_until_work(std::unique_lock<std::mutex>& lock) {
  asleep_ = true;
  const bool busy =
      std::any_of(activities_.begin(), activities_.end(), [](auto& a) { return a->busy(); });
  if (!busy) changed_.wait(lock, [this] { return stopping_ || !asleep_; });
  asleep_ = false;
  return !stopping_;
}

/// Returns: whether any thread did something since the last look.
bool watchdog::look_at_all() {
  const auto now = clock::now();
  bool anything = false;
  for (auto& a : activities_) anything = look_at(*a, now) || anything;
  return anything;
}

bool watchdog::look_at(activity& a, clock::time_point now) {
  const auto turns = a.turns_.load(std::memory_order_acquire);
  const bool same = turns == std::exchange(a.seen_, turns);
  if (!same) {
    a.since_ = now;
    a.given_up_ = false;
  }
  if (turns % 2 == 0) {
    a.ticks_busy_ = 0;
    return !same;
  }
  if (now - a.since_ >= settings_.max_busy) {
    give_up(a);
  } else {
    beat(a);
  }
  return true;
}

void watchdog::beat(activity& a) {
  const std::lock_guard lock(a.mutex_);
  const bool now = a.ticks_busy_++ % 2 == 1;
  for (auto* o : a.outlets_) now ? o->beat(frame_) : o->watch();
}

void watchdog::give_up(activity& a) {
  if (std::exchange(a.given_up_, true)) return;
  const auto limit = std::to_string(settings_.max_busy.count()) + "ms";
  auto line = log_line("function hangs, no more heartbeats").add("max_busy", limit).text();
  log_.write(log_level::error, line + " " + a.label_of_current());
}

}  // namespace kapacitor::udf::server
