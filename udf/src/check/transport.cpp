#include "check/transport.hpp"

#include <fcntl.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "base/text/error.hpp"
#include "connect/unix_socket.hpp"

namespace kapacitor::udf::host::check {
namespace {

int without_blocking(int fd) {
  ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
  return fd;
}

void close_once(int& fd) {
  if (fd >= 0) ::close(std::exchange(fd, -1));
}

}  // namespace

transport transport::of_socket(int fd) {
  transport t;
  t.to_ = t.from_ = without_blocking(fd);
  return t;
}

transport transport::of_process(const std::string& command) {
  transport t;
  t.process_ = std::make_unique<process>(command);
  t.to_ = without_blocking(t.process_->take_stdin());
  t.from_ = without_blocking(t.process_->take_stdout());
  t.stderr_ = without_blocking(t.process_->take_stderr());
  return t;
}

transport::transport(transport&& other) noexcept
    : to_(std::exchange(other.to_, -1)),
      from_(std::exchange(other.from_, -1)),
      stderr_(std::exchange(other.stderr_, -1)),
      process_(std::move(other.process_)) {}

transport::~transport() {
  close();
  close_once(stderr_);
}

long transport::write(std::string_view bytes) const {
  return process_ ? ::write(to_, bytes.data(), bytes.size())
                  : ::send(to_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
}

long transport::read(char* to, std::size_t room) const {
  return ::read(from_, to, room);
}

std::string transport::take_stderr() {
  char chunk[4096];
  const auto n = ::read(stderr_, chunk, sizeof chunk);
  if (n > 0) return {chunk, static_cast<std::size_t>(n)};
  if (n == 0 || errno != EAGAIN) close_once(stderr_);
  return {};
}

std::size_t transport::unread() const {
  int n = 0;
  if (to_ < 0 || ::ioctl(to_, process_ ? FIONREAD : SIOCOUTQ, &n) != 0) return 0;
  return static_cast<std::size_t>(n);
}

void transport::end_input() {
  if (to_ != from_) return close_once(to_);
  if (to_ >= 0) ::shutdown(to_, SHUT_WR);
}

void transport::close() {
  if (to_ == from_) to_ = -1;
  close_once(to_);
  close_once(from_);
}

std::optional<std::string> transport::ended() const {
  return process_ ? process_->ended() : std::nullopt;
}

transport address::open(std::chrono::nanoseconds patience) const {
  if (socket.empty()) return transport::of_process(exec);
  const auto give_up = std::chrono::steady_clock::now() + patience;
  for (;;) {
    const int fd = connect_unix(socket);
    if (fd >= 0) return transport::of_socket(fd);
    if (errno != EAGAIN || std::chrono::steady_clock::now() >= give_up) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  throw start_error(
      fmt::format("cannot connect to the socket {}: {}", socket, std::strerror(errno)));
}

}  // namespace kapacitor::udf::host::check
