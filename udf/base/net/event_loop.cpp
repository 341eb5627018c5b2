#include "base/net/event_loop.hpp"

#include <csignal>
#include <utility>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/signal_set.hpp>

#include "base/net/asio.hpp"

namespace kapacitor {

struct event_loop::state {
  asio::io_context io{1};
  // Or a loop that nothing is under way in would not wait for post().
  asio::executor_work_guard<asio::io_context::executor_type> work{io.get_executor()};
  asio::signal_set caught{io};
  asio::steady_timer timer{io};
  int signals = 0;
  std::function<void()> on_stop, on_hangup, on_user_signal;

  void await_signal() {
    caught.async_wait([this](error_code error, int number) {
      if (error) return;
      if (number == SIGINT || number == SIGTERM) {
        ++signals;
        if (on_stop) on_stop();
      }
      if (number == SIGHUP && on_hangup) on_hangup();
      if (number == SIGUSR1 && on_user_signal) on_user_signal();
      await_signal();
    });
  }
};

event_loop::event_loop() : state_(std::make_unique<state>()) {}

event_loop::~event_loop() = default;

void event_loop::handle_signals() {
  // A server that goes away shows as an error of the write.
  std::signal(SIGPIPE, SIG_IGN);
  for (const int number : {SIGINT, SIGTERM}) state_->caught.add(number);
  state_->await_signal();
}

asio::io_context& event_loop::io() {
  return state_->io;
}

int event_loop::signals() const {
  return state_->signals;
}

void event_loop::on_stop(std::function<void()> what) {
  state_->on_stop = std::move(what);
}

void event_loop::on_hangup(std::function<void()> what) {
  state_->caught.add(SIGHUP);
  state_->on_hangup = std::move(what);
}

void event_loop::on_user_signal(std::function<void()> what) {
  state_->caught.add(SIGUSR1);
  state_->on_user_signal = std::move(what);
}

void event_loop::post(std::function<void()> what) {
  asio::post(state_->io, std::move(what));
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

}  // namespace kapacitor
