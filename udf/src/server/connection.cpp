#include "server/connection.hpp"

#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <exception>
#include <system_error>
#include <utility>

#include "base/net/asio.hpp"
#include "server/crash_place.hpp"
#include "server/worker_exit.hpp"

namespace kapacitor::udf::server {
namespace {

// After so many steps other connections of the thread have their turn.
constexpr int steps_per_turn = 64;

}  // namespace

connection::connection(socket s, std::shared_ptr<const function> f, connection_context context)
    : socket_(std::move(s)),
      function_(std::move(f)),
      context_(std::move(context)),
      channel_(channel::of_socket(socket_.native_handle())),
      replies_(channel_) {
  if (context_.scores) score_.emplace(*context_.scores, context_.seat);
  session_.emplace(*function_, context_.session,
                   score_ ? score_->remembering(context_.log) : context_.log);
  replies_.set_label("function=" + function_->name);
  context_.thread.add(replies_);
}

connection::~connection() {
  context_.thread.remove(replies_);
}

void connection::start() {
  line("connection accepted").write(context_.log, log_level::debug);
  wait(socket::wait_read, [](connection& self) { self.run(); });
}

void connection::stop() {
  if (!socket_.is_open() || timer_) return;  // lingering ends by itself
  stopping_ = true;
  // What has arrived by now is still answered. Reading must not be shut down: Kapacitor's next
  // write would fail, and then it throws away the answers that it has not read yet.
  int waiting = 0;
  if (::ioctl(channel_.fd(), FIONREAD, &waiting) == 0) {
    still_to_read_ = static_cast<std::size_t>(waiting);
  }
  boost::asio::post(socket_.get_executor(), [self = shared_from_this()] {
    error_code ignored;
    self->socket_.cancel(ignored);
    self->run();
  });
}

/// Whatever fails, such as for want of memory, ends this connection and no other; but a worker that
/// has a supervisor ends as a whole: another one goes on where it was.
template <class F>
void connection::guarded(F work) noexcept {
  try {
    work();
  } catch (const std::exception& problem) {
    try_to_say([&] {
      line("connection dropped").add("error", problem.what()).write(context_.log, log_level::error);
    });
    if (context_.session.supervised) ::_exit(worker_exit::out_of_memory);
    close();
  }
}

void connection::run() {
  if (!timer_) guarded([this] { take_steps(); });
}

void connection::take_steps() {
  for (int i = 0; i < steps_per_turn; ++i) {
    switch (step()) {
      case next::step:
        break;
      case next::wait_to_read:
        return wait(socket::wait_read, [](connection& self) { self.run(); });
      case next::wait_to_write:
        return wait(socket::wait_write, [](connection& self) { self.run(); });
      case next::linger:
        return linger();
      case next::close:
        return close();
    }
  }
  boost::asio::post(socket_.get_executor(), [self = shared_from_this()] {
    self->run_is_posted_ = false;
    self->run();
  });
  run_is_posted_ = true;
}

connection::next connection::step() {
  if (!socket_.is_open()) return next::close;
  if (!session_->output().empty()) return write();
  if (more_) return process();
  if (finished_) return next::close;
  if (session_->closing()) return next::linger;
  return receive();
}

connection::next connection::receive() {
  if (stopping_ && still_to_read_ == 0) return next::linger;
  auto room = session_->prepare();
  if (stopping_ && room.size() > still_to_read_) room = room.first(still_to_read_);
  if (room.size() > read_size_.bytes()) room = room.first(read_size_.bytes());
  const auto n = channel_.read(room);
  if (n > 0) {
    session_->commit(static_cast<std::size_t>(n));
    if (stopping_) still_to_read_ -= static_cast<std::size_t>(n);
    context_.pause.take(static_cast<std::size_t>(n));
    return process();
  }
  if (n == 0) return end_of_input();
  if (errno == EAGAIN || errno == EWOULDBLOCK) return next::wait_to_read;
  return errno == EINTR ? next::step : gone(errno);
}

connection::next connection::end_of_input() {
  finished_ = true;
  session_->finish();
  return process();
}

connection::next connection::process() {
  if (score_) score_->before_work(*session_);
  const auto start = std::chrono::steady_clock::now();
  {
    const watched_thread::busy_scope busy(context_.thread, replies_);
    const crash_place at(*session_);
    more_ = session_->process();
  }
  const auto took = std::chrono::steady_clock::now() - start;
  read_size_.learn(took);
  if (score_) score_->after_work(*session_, took);
  if (!labelled_ && !session_->task_id().empty()) {
    label();
    if (session_->wants_time()) tell_time_again();
  }
  return next::step;
}

void connection::tell_time_again() {
  constexpr std::chrono::seconds interval(1);
  if (!second_) second_.emplace(socket_.get_executor());
  second_->expires_after(interval);
  second_->async_wait([self = shared_from_this()](error_code error) {
    if (error || !self->socket_.is_open() || self->timer_ || self->finished_) return;
    self->guarded([&self] {
      self->tell_time();
      self->tell_time_again();
    });
  });
}

/// The function may have something to say although nothing came.
void connection::tell_time() {
  session_->advance(std::chrono::system_clock::now());
  more_ = true;
  if (run_is_posted_) return;
  error_code ignored;
  socket_.cancel(ignored);  // run() waits again
  run();
}

connection::next connection::write() {
  const auto done = replies_.write(session_->output());
  session_->consume_output(done.written);
  if (done.error == 0) return next::step;
  return done.error == EAGAIN ? next::wait_to_write : gone(done.error);
}

connection::next connection::gone(int error) {
  // Kapacitor's way of stopping a task.
  const bool normal = error == EPIPE || error == ECONNRESET;
  line("peer gone")
      .add("error", std::generic_category().message(error))
      .write(context_.log, normal ? log_level::info : log_level::warn);
  return next::close;
}

/// Were the socket closed while the peer is still writing, it could fail on that before it reads
/// what we had to say.
void connection::linger() {
  ::shutdown(channel_.fd(), SHUT_WR);
  if (stopping_ && all_read()) return leave();
  leave_at_ = std::chrono::steady_clock::now() + context_.linger;
  timer_.emplace(socket_.get_executor());
  wait_to_leave();
  discard();
}

/// A server that stops leaves as soon as the peer has read everything; else the peer goes first.
void connection::wait_to_leave() {
  using namespace std::chrono_literals;
  timer_->expires_at(stopping_ ? std::min(leave_at_, std::chrono::steady_clock::now() + 5ms)
                               : leave_at_);
  timer_->async_wait([self = shared_from_this()](error_code error) {
    if (error || !self->socket_.is_open()) return;
    const bool late = std::chrono::steady_clock::now() >= self->leave_at_;
    if (late) return self->close();
    const bool done = self->stopping_ && self->all_read();
    self->guarded([&] { done ? self->leave() : self->wait_to_leave(); });
  });
}

/// Closes with nothing unread on our side: that would be a reset to the peer, not an end.
void connection::leave() {
  ::shutdown(channel_.fd(), SHUT_RD);
  for (ssize_t n = 1; n > 0 || (n < 0 && errno == EINTR);) n = channel_.read(session_->prepare());
  close();
}

bool connection::all_read() const {
  int unread = 0;
  return ::ioctl(channel_.fd(), SIOCOUTQ, &unread) != 0 || unread == 0;
}

void connection::discard() {
  for (int i = 0; i < steps_per_turn; ++i) {
    if (!socket_.is_open()) return;
    const auto n = channel_.read(session_->prepare());
    if (n > 0 || (n < 0 && errno == EINTR)) continue;
    if (n == 0 || errno != EAGAIN) return close();
    return wait(socket::wait_read, [](connection& self) { self.discard(); });
  }
  boost::asio::post(socket_.get_executor(),
                    [self = shared_from_this()] { self->guarded([&] { self->discard(); }); });
}

void connection::close() noexcept {
  if (!socket_.is_open()) return;
  try_to_say([this] { line("connection ended").write(context_.log, log_level::debug); });
  context_.thread.remove(replies_);
  if (timer_) timer_->cancel();
  if (second_) second_->cancel();
  error_code ignored;
  socket_.close(ignored);
  session_.reset();
  context_.on_closed(*this);
}

template <class Then>
void connection::wait(socket::wait_type what, Then then) {
  socket_.async_wait(what, [self = shared_from_this(), then, wait = ++waits_](error_code error) {
    if (wait != self->waits_) return;  // run() went on without it
    if (!error) {
      self->guarded([&] { then(*self); });
    } else if (error == boost::asio::error::operation_aborted) {
      return;  // stop() goes on in its own way
    } else if (self->socket_.is_open()) {
      self->guarded([&] { self->gone(error.value()); });
      self->close();
    }
  });
}

void connection::label() {
  labelled_ = true;
  if (context_.place) context_.place->is_of(session_->task_id(), session_->node_id());
  replies_.set_label("function=" + function_->name + " task=" + session_->task_id() +
                     " node=" + session_->node_id());
}

log_line connection::line(std::string_view phrase) const {
  return log_line(std::string(phrase) + " " + replies_.label()).add("connection", context_.id);
}

}  // namespace kapacitor::udf::server
