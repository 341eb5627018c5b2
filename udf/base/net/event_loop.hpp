#pragma once

#include <functional>
#include <memory>

#include "base/line/batch.hpp"

namespace boost::asio {
class io_context;
}

namespace kapacitor {

/// Runs I/O until a moment on the steady clock.
///
/// Threads: one, but for post()
class event_loop {
 public:
  event_loop();
  ~event_loop();
  event_loop(const event_loop&) = delete;
  event_loop& operator=(const event_loop&) = delete;

  boost::asio::io_context& io();

  /// Runs what is ready; if nothing is, waits for the first thing to happen, or until then.
  void run_until(steady_time until);

  /// Has the loop's thread call it, and wakes that if need be. Threads: any
  void post(std::function<void()> what);

  /// From here on SIGINT and SIGTERM are counted instead of ending the program, and SIGPIPE is
  /// ignored. Several loops may do so: each gets every signal.
  void handle_signals();
  /// SIGINT and SIGTERM so far.
  int signals() const;
  /// Called at each of them.
  void on_stop(std::function<void()> what);
  /// SIGHUP and SIGUSR1, which end the program as long as nothing is to be called.
  void on_hangup(std::function<void()> what);
  void on_user_signal(std::function<void()> what);

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace kapacitor
