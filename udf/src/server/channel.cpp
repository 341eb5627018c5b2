#include "server/channel.hpp"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <utility>

namespace kapacitor::udf::server {
namespace {

bool ready(int fd, short events) {
  pollfd one{fd, events, 0};
  return ::poll(&one, 1, 0) > 0;
}

}  // namespace

channel channel::of(int fd, int access) {
  struct stat status {};
  if (::fstat(fd, &status) == 0) {
    if (S_ISSOCK(status.st_mode)) return channel(fd, kind::socket);
    if (S_ISFIFO(status.st_mode)) {
      const auto path = "/proc/self/fd/" + std::to_string(fd);
      const int own = ::open(path.c_str(), access | O_NONBLOCK | O_CLOEXEC);
      if (own >= 0) return channel(own, kind::nonblocking_pipe);
    }
  }
  return channel(fd, kind::other);
}

channel channel::of_input(int fd) {
  return of(fd, O_RDONLY);
}
channel channel::of_output(int fd) {
  return of(fd, O_WRONLY);
}

channel::channel(channel&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), kind_(other.kind_) {}

channel::~channel() {
  if (kind_ == kind::nonblocking_pipe && fd_ >= 0) ::close(fd_);
}

ssize_t channel::read(std::span<char> to) const {
  if (kind_ == kind::socket) return ::recv(fd_, to.data(), to.size(), MSG_DONTWAIT);
  if (kind_ == kind::other && !ready(fd_, POLLIN)) {
    errno = EAGAIN;
    return -1;
  }
  return ::read(fd_, to.data(), to.size());
}

ssize_t channel::write(std::string_view bytes) const {
  if (kind_ == kind::socket) {
    return ::send(fd_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  }
  if (kind_ == kind::nonblocking_pipe) return ::write(fd_, bytes.data(), bytes.size());
  if (!ready(fd_, POLLOUT)) {
    errno = EAGAIN;
    return -1;
  }
  // No more than what a pipe that is ready surely takes at once.
  return ::write(fd_, bytes.data(), std::min<std::size_t>(bytes.size(), PIPE_BUF));
}

bool wait_for(const channel& c, short events, int also, int milliseconds) {
  pollfd both[] = {{c.fd(), events, 0}, {also, POLLIN, 0}};
  return ::poll(both, 2, milliseconds) != 0;
}

}  // namespace kapacitor::udf::server
