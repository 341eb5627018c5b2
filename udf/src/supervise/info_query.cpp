#include "supervise/info_query.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <system_error>
#include <utility>

#include "base/text/error.hpp"
#include "journal/frames.hpp"
#include "wire/frame.hpp"
#include "wire/protocol_error.hpp"

namespace kapacitor::udf::supervise {
namespace {

using wire::message_kind;

// As long as Kapacitor waits by default.
constexpr auto patience = std::chrono::seconds(10);

}  // namespace

std::weak_ptr<info_query> info_query::ask(asio::io_context& io, const worker_start& start,
                                          const log_sink& log, answer done) {
  const auto query = std::make_shared<info_query>(io, std::move(done));
  try {
    query->begin(io, start, log);
  } catch (const std::exception& problem) {
    query->finish({}, problem.what());
  }
  return query;
}

void info_query::cancel() {
  error_code ignored;
  done_ = nullptr;
  deadline_.cancel();
  socket_.close(ignored);
  worker_.reset();
}

info_query::info_query(asio::io_context& io, answer done)
    : socket_(io), deadline_(io), done_(std::move(done)) {}

void info_query::begin(asio::io_context& io, const worker_start& start, const log_sink& log) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    throw start_error("no socket pair: " + std::generic_category().message(errno));
  socket_.assign(ends[0]);
  const auto request = journal::empty_frame(message_kind::info);
  // It fits: nothing is in the socket yet.
  [[maybe_unused]] const auto sent = ::send(ends[0], request.data(), request.size(), MSG_NOSIGNAL);
  ::shutdown(ends[0], SHUT_WR);
  auto mine = start;
  const bool own = start.what == worker_start::kind::own;
  if (!own) mine.connection = ends[1];
  // Not held by its own worker: the timer holds it until all is said.
  const auto on_end = [weak = weak_from_this()](const worker_end& e) {
    if (const auto self = weak.lock()) self->finish({}, "it ended: " + e.text());
  };
  worker_ =
      std::make_unique<worker_process>(io, std::move(mine), worker_process::hooks{log, on_end});
  if (own) worker_->send_connection({0, ends[1]});
  deadline_.expires_after(patience);
  deadline_.async_wait([self = shared_from_this()](error_code error) {
    if (!error) self->finish({}, "it does not answer Info within 10 s");
  });
  read();
}

void info_query::read() {
  socket_.async_read_some(asio::buffer(buffer_),
                          [self = shared_from_this()](error_code error, std::size_t n) {
                            if (!error) self->take(n);  // else its end is told soon
                          });
}

void info_query::take(std::size_t n) {
  received_.append(buffer_, n);
  try {
    const auto frame = wire::first_frame(received_, wire::default_max_message);
    if (!frame) return read();
    const auto kind = journal::kind_of(frame->message);
    if (kind == message_kind::info) return finish(received_.substr(0, frame->size), {});
    if (kind != message_kind::keepalive) return finish({}, "it answers Info with something else");
    received_.erase(0, frame->size);
    take(0);
  } catch (const wire::protocol_error& problem) {
    finish({}, std::string("it speaks no Kapacitor on its stdout: ") + problem.what());
  }
}

/// The worker goes later: it may be the one that calls.
void info_query::finish(const std::string& frame, const std::string& problem) {
  if (!done_) return;
  error_code ignored;
  deadline_.cancel();
  socket_.close(ignored);
  asio::post(socket_.get_executor(), [self = shared_from_this()] { self->worker_.reset(); });
  std::exchange(done_, nullptr)(frame, problem);
}

}  // namespace kapacitor::udf::supervise
