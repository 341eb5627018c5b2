#include "server/stdio.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <system_error>
#include <thread>

#include "base/text/log.hpp"
#include "server/channel.hpp"
#include "server/crash_place.hpp"
#include "server/read_pause.hpp"
#include "server/read_size.hpp"
#include "server/stop_signal.hpp"

namespace kapacitor::udf::server {
namespace {

using clock = std::chrono::steady_clock;

class stdio_driver {
 public:
  stdio_driver(const function& f, const stdio_settings& settings, const log_sink& log)
      : stop_within_(settings.stop_within),
        log_(log),
        in_(channel::of_input(settings.in)),
        out_(channel::of_output(settings.out)),
        replies_(out_),
        watchdog_(settings.heartbeats, log),
        watched_(watchdog_.add_thread()),
        session_(f, settings.session, log) {
    replies_.set_label("function=" + f.name);
    watched_.add(replies_);
  }
  ~stdio_driver() { watched_.remove(replies_); }

  int run() {
    const crash_stack for_reports;
    make_pauses_exact();
    while (step()) {
      if (!deadline_ && stop_.given()) begin_to_stop();
      if (session_.wants_time()) tell_time();
    }
    return session_.failed() || lost_answers_ ? 1 : 0;
  }

 private:
  /// Returns: whether there is more to do.
  bool step() {
    if (!session_.output().empty()) return write();
    if (more_) return process();
    if (session_.closing() || finished_) return false;
    return receive();
  }
  bool write();
  bool receive();
  bool process();
  bool wait_for_more();
  void tell_time();
  int until_next_second() const;
  bool wait(const channel& c, short events);
  void begin_to_stop();
  bool gone(int error);

  const std::chrono::milliseconds stop_within_;
  const log_sink& log_;
  const stop_signal stop_;
  const channel in_, out_;
  reply_writer replies_;
  watchdog watchdog_;
  watched_thread& watched_;
  agent::session session_;
  adaptive_read_size read_size_;
  read_pause read_pause_;
  clock::time_point next_second_ = clock::now();
  bool more_ = false;
  bool finished_ = false;
  bool lost_answers_ = false;
  std::optional<clock::time_point> deadline_;  // since it is to stop
  std::size_t left_ = 0;                       // to read: what was there when it was told to stop
};

bool stdio_driver::write() {
  const auto done = replies_.write(session_.output());
  session_.consume_output(done.written);
  if (done.error == 0) return true;
  if (done.error != EAGAIN) return gone(done.error);
  if (wait(out_, POLLOUT)) return true;
  lost_answers_ = true;
  log_line("stopped before all answers were read")
      .add("bytes", session_.output().size())
      .write(log_, log_level::warn);
  return false;
}

bool stdio_driver::receive() {
  auto room = session_.prepare();
  room = room.first(std::min(room.size(), read_size_.bytes()));
  if (deadline_) room = room.first(std::min(room.size(), left_));
  if (room.empty()) return false;
  const auto n = in_.read(room);
  if (n > 0) {
    session_.commit(static_cast<std::size_t>(n));
    read_pause_.take(static_cast<std::size_t>(n));
    if (deadline_) left_ -= static_cast<std::size_t>(n);
    return process();
  }
  if (n == 0) {
    finished_ = true;
    session_.finish();
    return process();
  }
  if (errno == EINTR) return true;
  return errno == EAGAIN ? !deadline_ && wait_for_more() : gone(errno);
}

bool stdio_driver::wait_for_more() {
  const auto pause = read_pause_.pause(clock::now());
  if (pause.count() == 0) return wait(in_, POLLIN);
  std::this_thread::sleep_for(pause);
  return true;
}

bool stdio_driver::process() {
  const auto start = clock::now();
  {
    const watched_thread::busy_scope busy(watched_, replies_);
    const crash_place at(session_);
    more_ = session_.process();
  }
  read_size_.learn(clock::now() - start);
  return true;
}

/// Returns: false where the time to stop in is over.
bool stdio_driver::wait(const channel& c, short events) {
  if (!deadline_) {
    wait_for(c, events, stop_.fd(), session_.wants_time() ? until_next_second() : -1);
    return true;
  }
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(*deadline_ - clock::now());
  return left.count() > 0 &&
         (wait_for(c, events, -1, static_cast<int>(left.count())) || errno == EINTR);
}

/// The function may have something to say although nothing came.
void stdio_driver::tell_time() {
  const auto now = clock::now();
  if (now < next_second_ || finished_) return;
  next_second_ = now + std::chrono::seconds(1);
  session_.advance(std::chrono::system_clock::now());
  more_ = true;
}

/// In milliseconds, for poll().
int stdio_driver::until_next_second() const {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(next_second_ - clock::now());
  return static_cast<int>(std::max<std::int64_t>(0, left.count()));
}

void stdio_driver::begin_to_stop() {
  deadline_ = clock::now() + stop_within_;
  int waiting = 0;
  if (::ioctl(in_.fd(), FIONREAD, &waiting) == 0 && waiting > 0)
    left_ = static_cast<std::size_t>(waiting);
}

bool stdio_driver::gone(int error) {
  const bool normal = error == EPIPE || error == ECONNRESET;
  log_line("peer gone")
      .add("error", std::generic_category().message(error))
      .write(log_, normal ? log_level::info : log_level::error);
  lost_answers_ = !normal;
  return false;
}

}  // namespace

int serve_stdio(const function& f, const stdio_settings& settings, const log_sink& log) {
  ::signal(SIGPIPE, SIG_IGN);
  return stdio_driver(f, settings, log).run();
}

}  // namespace kapacitor::udf::server
