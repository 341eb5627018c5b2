#include "run/event_loop.hpp"

#include <csignal>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

namespace kapacitor::generator {

namespace asio = boost::asio;
using boost::system::error_code;

struct event_loop::state {
  asio::io_context io{1};
  asio::signal_set stop{io, SIGINT, SIGTERM};
  asio::steady_timer timer{io};
  int signals = 0;

  void await_signal() {
    stop.async_wait([this](error_code error, int) {
      if (error) return;
      ++signals;
      await_signal();
    });
  }
};

event_loop::event_loop() : state_(std::make_unique<state>()) {
  // A server that goes away shows as an error of the write.
  std::signal(SIGPIPE, SIG_IGN);
  state_->await_signal();
}

event_loop::~event_loop() = default;

asio::io_context& event_loop::io() {
  return state_->io;
}

int event_loop::signals() const {
  return state_->signals;
}

void event_loop::run_until(steady_time until) {
  auto& s = *state_;
  if (s.io.poll() > 0 || std::chrono::steady_clock::now() >= until) return;
  // A timer is exact to microseconds; run_one_until() rounds up to milliseconds.
  if (until != steady_time::max()) {
    s.timer.expires_at(until);
    s.timer.async_wait([](error_code) {});
  }
  s.io.run_one();
  s.timer.cancel();
  s.io.poll();
}

}  // namespace kapacitor::generator
