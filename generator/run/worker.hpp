#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "base/net/event_loop.hpp"
#include "run/lane.hpp"

namespace kapacitor::generator {

/// A thread with its event loop, and the lanes that it brings on their way.
///
/// Threads: add() before start(); lane functions of other threads by way of the loop's post()
class worker {
 public:
  /// `ended` is called by the worker's thread, as its last act.
  explicit worker(std::function<void()> ended) : on_end_(std::move(ended)) {}
  ~worker();
  worker(const worker&) = delete;
  worker& operator=(const worker&) = delete;

  event_loop& loop() { return loop_; }
  void add(std::unique_ptr<lane> l) { lanes_.push_back(std::move(l)); }

  void start();
  void join();
  /// Gives up on a thread that hangs in a call of the system; then only the process may end.
  void detach() { thread_.detach(); }

  // For other threads, at any time.

  void stop(steady_time by);
  void abort();
  void database_answered(const server_answer& a);
  /// Empty if the thread does not answer within that time.
  std::optional<tally> totals(std::chrono::milliseconds within);

  // After join().

  tally totals() const;
  const std::optional<run_ended>& failure() const { return failure_; }

 private:
  void run();
  bool step();

  event_loop loop_;
  std::vector<std::unique_ptr<lane>> lanes_;
  std::function<void()> on_end_;
  std::optional<run_ended> failure_;
  std::thread thread_;
};

}  // namespace kapacitor::generator
