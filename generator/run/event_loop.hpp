#pragma once

#include <memory>

#include "line/batch.hpp"

namespace boost::asio {
class io_context;
}

namespace kapacitor::generator {

/// Runs I/O until a moment on the steady clock, and counts the signals that ask for an end.
///
/// Threads: one
class event_loop {
 public:
  /// From here on SIGINT and SIGTERM are counted instead of ending the program.
  event_loop();
  ~event_loop();
  event_loop(const event_loop&) = delete;
  event_loop& operator=(const event_loop&) = delete;

  boost::asio::io_context& io();

  /// Runs what is ready; if nothing is, waits for the first thing to happen, or until then.
  void run_until(steady_time until);

  /// SIGINT and SIGTERM so far.
  int signals() const;

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace kapacitor::generator
