#pragma once

#include <sys/types.h>

#include <cstddef>
#include <span>
#include <string_view>

namespace kapacitor::udf::server {

/// A descriptor that never makes anybody wait, whatever it is: socket, pipe, file, terminal.
///
/// The descriptor's own flags stay as they are: others (a shell, a parent) may share them.
class channel {
 public:
  /// Lifetime: does not own the descriptor
  static channel of_socket(int fd) { return channel(fd, kind::socket); }
  static channel of_input(int fd);
  static channel of_output(int fd);
  channel(channel&& other) noexcept;
  channel& operator=(channel&&) = delete;
  ~channel();

  /// As read() and write(): -1 and errno, EAGAIN where nothing goes now. No SIGPIPE from sockets.
  ssize_t read(std::span<char> to) const;
  ssize_t write(std::string_view bytes) const;

  int fd() const { return fd_; }

 private:
  enum class kind {
    socket,
    nonblocking_pipe,  // opened anew, so that O_NONBLOCK is ours alone
    other,
  };
  channel(int fd, kind k) : fd_(fd), kind_(k) {}
  static channel of(int fd, int access);

  int fd_;
  kind kind_;
};

/// Waits until something can be read or written (POLLIN, POLLOUT) or `also` can be read.
///
/// Returns: false after `milliseconds` (-1: never).
bool wait_for(const channel& c, short events, int also, int milliseconds);

}  // namespace kapacitor::udf::server
