#include "server/watchdog.hpp"

#include <algorithm>
#include <utility>

#include "base/text/log.hpp"
#include "session/session.hpp"

namespace kapacitor::udf::server {

void watched_thread::add(reply_writer& w) {
  const std::lock_guard lock(mutex_);
  writers_.insert(&w);
}

void watched_thread::remove(reply_writer& w) {
  const std::lock_guard lock(mutex_);
  writers_.erase(&w);
}

std::string watched_thread::label_of_current() {
  const std::lock_guard lock(mutex_);
  const auto found =
      writers_.find(const_cast<reply_writer*>(current_.load(std::memory_order_relaxed)));
  return found == writers_.end() ? std::string() : (*found)->label();
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

watched_thread& watchdog::add_thread() {
  const std::lock_guard lock(mutex_);
  return *threads_.emplace_back(std::make_unique<watched_thread>(*this));
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
    const bool anything = check_threads();
    if (!anything && !sleep_until_work(lock)) continue;
    changed_.wait_for(lock, tick, [this] { return stopping_; });
  }
}

bool watchdog::sleep_until_work(std::unique_lock<std::mutex>& lock) {
  asleep_ = true;
  const bool busy =
      std::any_of(threads_.begin(), threads_.end(), [](auto& t) { return t->busy(); });
  if (!busy) changed_.wait(lock, [this] { return stopping_ || !asleep_; });
  asleep_ = false;
  return !stopping_;
}

/// Returns: whether any thread did something since the last look.
bool watchdog::check_threads() {
  const auto now = clock::now();
  bool anything = false;
  for (auto& t : threads_) anything = check_thread(*t, now) || anything;
  return anything;
}

bool watchdog::check_thread(watched_thread& t, clock::time_point now) {
  const auto transitions = t.transitions_.load(std::memory_order_acquire);
  const bool same = transitions == std::exchange(t.seen_, transitions);
  if (!same) {
    t.since_ = now;
    t.given_up_ = false;
  }
  if (transitions % 2 == 0) {
    t.ticks_busy_ = 0;
    return !same;
  }
  if (now - t.since_ >= settings_.max_busy) {
    give_up(t);
  } else {
    send_heartbeats(t);
  }
  return true;
}

void watchdog::send_heartbeats(watched_thread& t) {
  const std::lock_guard lock(t.mutex_);
  const bool now = t.ticks_busy_++ % 2 == 1;
  for (auto* w : t.writers_) now ? w->send_heartbeat(frame_) : w->watch();
}

void watchdog::give_up(watched_thread& t) {
  if (t.given_up_.exchange(true)) return;
  try_to_say([&] {
    const auto limit = std::to_string(settings_.max_busy.count()) + "ms";
    auto line = log_line("function hangs, no more heartbeats").add("max_busy", limit).text();
    log_.write(log_level::error, line + " " + t.label_of_current());
  });
}

}  // namespace kapacitor::udf::server
