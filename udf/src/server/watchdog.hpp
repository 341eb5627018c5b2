#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "base/text/log.hpp"
#include "server/reply_writer.hpp"

namespace kapacitor::udf::server {

class watchdog;

/// What one thread is doing, for the watchdog to see: whether a function is at work, and which
/// connections cannot be answered meanwhile.
class activity {
 public:
  explicit activity(watchdog& dog) : dog_(dog) {}

  void add(outlet& o);
  /// Afterwards the watchdog does not touch the outlet any more.
  void remove(outlet& o);

  /// A function is at work for a connection, as long as this object lives.
  class scope {
   public:
    scope(activity& a, const outlet& o) : activity_(a) { activity_.begin(o); }
    ~scope() { activity_.end(); }
    scope(const scope&) = delete;
    scope& operator=(const scope&) = delete;

   private:
    activity& activity_;
  };

 private:
  friend class watchdog;
  void begin(const outlet& o);
  void end() {
    turns_.store(turns_.load(std::memory_order_relaxed) + 1, std::memory_order_release);
  }
  bool busy() const { return turns_.load() % 2 != 0; }
  std::string label_of_current();

  watchdog& dog_;
  // Counts up at the beginning and at the end of each turn: odd while busy. So the thread itself
  // needs no clock.
  std::atomic<std::uint64_t> turns_{0};
  std::atomic<const outlet*> current_{nullptr};
  std::mutex mutex_;
  std::set<outlet*> outlets_;

  // The watchdog's own notes.
  std::uint64_t seen_ = 0;
  std::chrono::steady_clock::time_point since_;
  unsigned ticks_busy_ = 0;
  bool given_up_ = false;
};

struct watchdog_settings {
  std::chrono::milliseconds interval{100};     // between heartbeats
  std::chrono::milliseconds max_busy{60'000};  // 0: no heartbeats at all
};

/// Tells Kapacitor, for threads that are busy in a function, that they are still alive.
///
/// A function that takes longer than `max_busy` over what it was given at once is taken to hang:
/// its thread gets no more heartbeats, so that Kapacitor's own time-out sees it.
/// Cost: nothing while nothing is received: it sleeps until work starts.
class watchdog {
 public:
  watchdog(const watchdog_settings& settings, log_sink log);
  ~watchdog();
  watchdog(const watchdog&) = delete;
  watchdog& operator=(const watchdog&) = delete;

  /// An activity for one more thread. Lifetime: that of the watchdog
  activity& add_thread();

 private:
  friend class activity;
  using clock = std::chrono::steady_clock;

  void woken_by_work() {
    if (asleep_.load()) wake();
  }
  void wake();
  void run();
  bool sleep_until_work(std::unique_lock<std::mutex>& lock);
  bool look_at_all();
  bool look_at(activity& a, clock::time_point now);
  void beat(activity& a);
  void give_up(activity& a);

  const watchdog_settings settings_;
  const log_sink log_;
  const std::string frame_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::unique_ptr<activity>> activities_;
  std::atomic<bool> asleep_{false};
  bool stopping_ = false;
  std::thread thread_;
};

inline void activity::begin(const outlet& o) {
  current_.store(&o, std::memory_order_relaxed);
  // Sequentially consistent, as are the watchdog's going to sleep and its last look round: one of
  // the two sees the other.
  turns_.store(turns_.load(std::memory_order_relaxed) + 1);
  dog_.woken_by_work();
}

}  // namespace kapacitor::udf::server
