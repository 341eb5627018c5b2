#include "supervise/relay.hpp"

#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <exception>
#include <system_error>
#include <utility>

namespace kapacitor::udf::supervise {
namespace {

// After so many rounds other connections have their turn.
constexpr int rounds_per_turn = 16;
// Bytes moved at once.
constexpr std::size_t largest_move = std::size_t{128} << 10;

bool must_wait(int error) {
  return error == EAGAIN || error == EWOULDBLOCK;
}

}  // namespace

relay::relay(socket kapacitor, relay_context context)
    : kapacitor_(std::move(kapacitor)),
      context_(std::move(context)),
      conversation_(context_.conversation, context_.hooks),
      timer_(kapacitor_.connection.get_executor()) {}

std::string relay::label() const {
  auto text = "function=" + context_.function;
  if (!conversation_->label().empty()) text += " " + conversation_->label();
  return text;
}

task_view relay::view() const {
  return {.connection = context_.id,
          .task = conversation_->task(),
          .node = conversation_->node(),
          .attached = conversation_->attached(),
          .suspected = conversation_->suspected(),
          .totals = conversation_->totals(),
          .sizes = conversation_->sizes(),
          .score = {},
          .warned = *context_.warned};
}

void relay::say(log_level level, std::string_view phrase, std::string_view more) const {
  try_to_say([&] {
    log_line line(std::string(phrase) + " " + label());
    line.add("connection", context_.id);
    if (!context_.hooks.log.takes(level)) return;
    context_.hooks.log.write(level,
                             more.empty() ? line.text() : line.text() + " " + std::string(more));
  });
}

journal::conversation::moment relay::now() {
  return {std::chrono::steady_clock::now(), std::chrono::system_clock::now()};
}

void relay::start() {
  say(log_level::debug, "connection accepted");
  keep(nullptr);
  guarded([this] { wait(); });
}

/// Whatever fails, such as for want of memory, ends this connection and no other.
template <class F>
void relay::guarded(F work) noexcept {
  try {
    work();
  } catch (const std::exception& problem) {
    say(log_level::error, "connection dropped", std::string("error=\"") + problem.what() + "\"");
    close();
  }
}

void relay::pump() {
  if (!kapacitor_.connection.is_open()) return;
  if (leave_at_) return discard();
  for (int i = 0; i < rounds_per_turn; ++i) {
    if (!pump_once()) return wait();
    if (!kapacitor_.connection.is_open() || leave_at_) return;
  }
  if (std::exchange(pump_is_posted_, true)) return;
  boost::asio::post(kapacitor_.connection.get_executor(), [self = shared_from_this()] {
    self->pump_is_posted_ = false;
    self->guarded([&] { self->pump(); });
  });
}

/// Each of the four directions once. Returns: whether anything moved
bool relay::pump_once() {
  bool any = false;
  conversation_.make_room();
  if (worker_) conversation_.see_worker_read(waiting_for_worker(), now());
  const auto take = [&](moved m) {
    any = any || m == moved::bytes;
    return m != moved::gone;
  };
  if (!take(hear_kapacitor())) return close(), true;
  if (worker_ && !take(tell_worker())) drop_worker("it reads no more");
  if (worker_ && !take(hear_worker())) drop_worker("it closed the connection");
  if (!take(tell_kapacitor())) return close(), true;
  conversation_.advance(now());
  check_worker();
  if (!conversation_->closing() || !conversation_->output().empty()) return any;
  finish_closing();
  return true;
}

relay::moved relay::hear_kapacitor() {
  if (kapacitor_.input_ended || !conversation_->wants_input()) return moved::nothing;
  const auto n = conversation_.hear(kapacitor_.channel, largest_move, now());
  if (n == 0) kapacitor_.input_ended = true;
  if (n >= 0 || errno == EINTR) return moved::bytes;
  return must_wait(errno) ? moved::nothing : moved::gone;
}

relay::moved relay::tell_kapacitor() {
  if (conversation_->output().empty()) return moved::nothing;
  const auto n = conversation_.tell(kapacitor_.channel);
  if (n >= 0 || errno == EINTR) return moved::bytes;
  if (must_wait(errno)) return moved::nothing;
  say(log_level::info, "peer gone",
      "error=\"" + std::generic_category().message(errno) +
          "\"");  // Kapacitor's way to stop a task
  return moved::gone;
}

relay::moved relay::tell_worker() {
  const auto bytes = conversation_.to_worker();
  if (bytes.empty()) {
    if (conversation_->ends_input() && !std::exchange(worker_->input_ended, true))
      ::shutdown(worker_->channel.fd(), SHUT_WR);
    return moved::nothing;
  }
  const auto n = worker_->channel.write(bytes.substr(0, largest_move));
  if (n >= 0) {
    conversation_.consume_to_worker(static_cast<std::size_t>(n), now());
    return moved::bytes;
  }
  if (errno == EINTR) return moved::bytes;
  // What it has said before it died is still to be read: hear_worker() finds the end.
  return moved::nothing;
}

relay::moved relay::hear_worker() {
  if (!conversation_->wants_answers()) return moved::nothing;
  const auto snapshots = conversation_->snapshots();
  const auto n = conversation_.hear_worker(worker_->channel, largest_move, now());
  if (context_.on_snapshot && conversation_->snapshots() != snapshots) context_.on_snapshot(*this);
  if (n == 0) return moved::gone;
  if (n > 0 || errno == EINTR) return moved::bytes;
  return must_wait(errno) ? moved::nothing : moved::gone;
}

/// Bytes that it has not read yet, and what the kernel needs for them.
std::size_t relay::waiting_for_worker() const {
  int waiting = 0;
  ::ioctl(worker_->channel.fd(), SIOCOUTQ, &waiting);
  return static_cast<std::size_t>(waiting);
}

void relay::check_worker() {
  if (worker_ && conversation_->broken()) {
    context_.kill_worker(*this, false);
    drop_worker("it speaks no Kapacitor");
  }
  if (worker_ && conversation_->leaves_worker()) drop_worker("replaced", true);
  if (worker_) {
    if (conversation_.hangs(now(), waiting_for_worker())) {
      context_.kill_worker(*this, true);
      drop_worker("it hangs: it has neither read nor answered anything for --max-busy");
    }
  }
  if (conversation_->wants_worker(std::chrono::steady_clock::now())) start_worker();
}

relay::socket relay::opened(int fd) {
  return {kapacitor_.connection.get_executor(), boost::asio::local::stream_protocol(), fd};
}

void relay::start_worker() {
  try_again_.reset();
  try {
    const int fd = context_.connect_worker(*this);
    if (fd < 0) {
      try_again_ = std::chrono::steady_clock::now() + std::chrono::milliseconds(20);
      return;
    }
    worker_ = std::make_shared<side>(opened(fd));
    conversation_.attach(now());
  } catch (const std::exception& problem) {
    conversation_.attach(now());
    conversation_.detach(problem.what(), now());
  }
}

void relay::drop_worker(std::string_view why, bool planned) {
  error_code ignored;
  if (worker_) worker_->connection.close(ignored);
  worker_.reset();
  conversation_.detach(why, now());
  if (!conversation_->closing()) context_.worker_lost(*this, planned);
}

void relay::replace_worker() {
  guarded([this] {
    conversation_.replace_worker(now());
    pump();
  });
}

void relay::stop() {
  guarded([this] {
    conversation_.stop(now());
    pump();
  });
}

void relay::wake() {
  guarded([this] { pump(); });
}

void relay::wait() {
  if (!kapacitor_.input_ended && conversation_->wants_input())
    wait_for(kapacitor_, socket::wait_read, &side::waits_to_read);
  if (!conversation_->output().empty())
    wait_for(kapacitor_, socket::wait_write, &side::waits_to_write);
  if (worker_) {
    if (conversation_->wants_answers()) wait_for(*worker_, socket::wait_read, &side::waits_to_read);
    if (!conversation_.to_worker().empty())
      wait_for(*worker_, socket::wait_write, &side::waits_to_write);
  }
  wait_for_time();
}

void relay::wait_for(side& s, socket::wait_type what, bool side::*waits) {
  if (std::exchange(s.*waits, true)) return;
  auto keep = worker_.get() == &s ? worker_ : std::shared_ptr<side>(shared_from_this(), &s);
  s.connection.async_wait(what, [self = shared_from_this(), keep, waits](error_code error) {
    (*keep).*waits = false;
    if (error == boost::asio::error::operation_aborted) return;
    self->guarded([&] { self->pump(); });
  });
}

void relay::wait_for_time() {
  auto at = conversation_->next_time();
  if (try_again_ && (!at || *at < *try_again_)) at = try_again_;
  if (!at) return;
  timer_.expires_at(*at);
  timer_.async_wait([self = shared_from_this()](error_code error) {
    if (!error) self->guarded([&] { self->pump(); });
  });
}

/// Were the socket closed while the peer is still writing, it could fail on that before it reads
/// what we had to say.
void relay::finish_closing() {
  drop_worker("");
  if (kapacitor_.input_ended) return close();
  ::shutdown(kapacitor_.channel.fd(), SHUT_WR);
  linger_until(std::chrono::steady_clock::now() + context_.linger);
  discard();
}

void relay::linger_until(std::chrono::steady_clock::time_point t) {
  leave_at_ = t;
  timer_.expires_at(t);
  timer_.async_wait([self = shared_from_this()](error_code error) {
    if (!error) self->close();
  });
}

void relay::discard() {
  for (int i = 0; i < rounds_per_turn; ++i) {
    char room[4096];
    const auto n = kapacitor_.channel.read(room);
    if (n > 0 || (n < 0 && errno == EINTR)) continue;
    if (n == 0 || !must_wait(errno)) return close();
    return wait_for(kapacitor_, socket::wait_read, &side::waits_to_read);
  }
  boost::asio::post(kapacitor_.connection.get_executor(),
                    [self = shared_from_this()] { self->guarded([&] { self->pump(); }); });
}

void relay::say_ended() const {
  const auto t = conversation_->totals();
  auto more = "deaths=" + std::to_string(t.deaths);
  const bool dropped = t.dropped.times != 0;
  if (dropped) {
    more += " points_dropped_by_policy=" + std::to_string(t.dropped.points) +
            " batches_dropped_by_policy=" + std::to_string(t.dropped.batches);
  }
  say(dropped ? log_level::info : log_level::debug, "connection ended", more);
}

void relay::close() noexcept {
  if (!kapacitor_.connection.is_open()) return;
  try_to_say([this] { say_ended(); });
  error_code ignored;
  timer_.cancel();
  if (worker_) worker_->connection.close(ignored);
  worker_.reset();
  keep_no_longer();
  kapacitor_.connection.close(ignored);
  context_.on_closed(*this);
}

}  // namespace kapacitor::udf::supervise
