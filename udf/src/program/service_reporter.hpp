#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "base/net/asio.hpp"
#include "base/net/loop_watch.hpp"

namespace kapacitor::udf::server {

/// Tells systemd how this program is: ready, reloading, stopping, what it does in plain words, and
/// that all its loops turn (WatchdogSec=). Says nothing if systemd did not start it.
///
/// Threads: one, which counts as turning because it calls tick()
class service_reporter {
 public:
  /// `state`: what it does, such as "24 functions, 3 tasks"; asked at each tick.
  explicit service_reporter(std::function<std::string()> state);

  /// One of the other loops.
  void add(loop_watch::loop l);
  /// How long from one tick to the next; 0: there is nobody to be told.
  std::chrono::milliseconds period() const { return period_; }
  void tick();

  void ready();
  void reloading() const;
  /// Everything is as before, and ready. It is told until a reload succeeds.
  void reload_failed(const std::string& why);
  void stopping();

 private:
  std::string status() const;
  void tell(const std::string& what);

  const std::function<std::string()> state_;
  const std::chrono::milliseconds watchdog_;  // 0: systemd does not wait for us
  const std::chrono::milliseconds period_;
  loop_watch loops_;
  std::string failed_, told_;
  bool stopping_ = false;
};

/// Has an event loop tick it.
class service_pulse {
 public:
  service_pulse(asio::io_context& io, service_reporter& of) : reporter_(of), timer_(io) { wait(); }

 private:
  void wait();

  service_reporter& reporter_;
  asio::steady_timer timer_;
};

}  // namespace kapacitor::udf::server
