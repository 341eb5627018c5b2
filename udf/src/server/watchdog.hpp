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
class watched_thread {
 public:
  explicit watched_thread(watchdog& owner) : watchdog_(owner) {}

  void add(reply_writer& w);
  /// Afterwards the watchdog does not touch the writer any more.
  void remove(reply_writer& w);

  /// Whether a function is at work that does not count as hung. Threads: any
  bool busy_for_now() const { return busy() && !given_up_.load(std::memory_order_relaxed); }

  /// A function is at work for a connection, as long as this object lives.
  class busy_scope {
   public:
    busy_scope(watched_thread& t, const reply_writer& w) : watched_(t) { watched_.begin(w); }
    ~busy_scope() { watched_.end(); }
    busy_scope(const busy_scope&) = delete;
    busy_scope& operator=(const busy_scope&) = delete;

   private:
    watched_thread& watched_;
  };

 private:
  friend class watchdog;
  void begin(const reply_writer& w);
  void end() {
    transitions_.store(transitions_.load(std::memory_order_relaxed) + 1, std::memory_order_release);
  }
  bool busy() const { return transitions_.load() % 2 != 0; }
  std::string label_of_current();

  watchdog& watchdog_;
  // Counts up at the beginning and at the end of each piece of work: odd while busy. So the thread
  // itself needs no clock.
  std::atomic<std::uint64_t> transitions_{0};
  std::atomic<const reply_writer*> current_{nullptr};
  std::mutex mutex_;
  std::set<reply_writer*> writers_;

  // The watchdog's own notes.
  std::uint64_t seen_ = 0;
  std::chrono::steady_clock::time_point since_;
  unsigned ticks_busy_ = 0;
  std::atomic<bool> given_up_{false};
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

  /// For one more thread. Lifetime: that of the watchdog
  watched_thread& add_thread();

 private:
  friend class watched_thread;
  using clock = std::chrono::steady_clock;

  void woken_by_work() {
    if (asleep_.load()) wake();
  }
  void wake();
  void run();
  bool sleep_until_work(std::unique_lock<std::mutex>& lock);
  bool check_threads();
  bool check_thread(watched_thread& t, clock::time_point now);
  void send_heartbeats(watched_thread& t);
  void give_up(watched_thread& t);

  const watchdog_settings settings_;
  const log_sink log_;
  const std::string frame_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::unique_ptr<watched_thread>> threads_;
  std::atomic<bool> asleep_{false};
  bool stopping_ = false;
  std::thread thread_;
};

inline void watched_thread::begin(const reply_writer& w) {
  current_.store(&w, std::memory_order_relaxed);
  // Sequentially consistent, as are the watchdog's going to sleep and its last look round: one of
  // the two sees the other.
  transitions_.store(transitions_.load(std::memory_order_relaxed) + 1);
  watchdog_.woken_by_work();
}

}  // namespace kapacitor::udf::server
