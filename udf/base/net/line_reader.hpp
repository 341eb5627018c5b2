#pragma once

#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/net/asio.hpp"

namespace kapacitor {

/// Reads what a process writes to a pipe, such as its stderr, and hands over each line.
///
/// A line of more than 64 KiB comes in pieces; a last one without its end comes as well.
/// Threads: that of its io_context. It lives until the pipe ends, or close()
class line_reader : public std::enable_shared_from_this<line_reader> {
 public:
  using taker = std::function<void(std::string_view)>;

  /// Takes the descriptor over, and makes it non-blocking.
  line_reader(asio::io_context& io, int fd, taker on_line)
      : from_(io, fd), on_line_(std::move(on_line)) {
    error_code ignored;
    from_.non_blocking(true, ignored);
  }
  /// Goes on with a line of which that much has been read.
  void begin_with(std::string rest) { rest_ = std::move(rest); }
  const std::string& rest() const { return rest_; }
  void start() {
    from_.async_wait(asio::posix::stream_descriptor::wait_read,
                     [self = shared_from_this()](error_code error) {
                       if (error || !self->from_.is_open()) return;
                       self->read_available();
                       if (!self->at_end_ && self->from_.is_open()) self->start();
                     });
  }
  /// Hands over what is there by now, without waiting: no more than a pipe holds, so that whoever
  /// writes without end does not keep the thread.
  void read_available() {
    char chunk[4096];
    for (int chunks = 0; chunks < 16 && from_.is_open() && !at_end_; ++chunks) {
      const auto n = ::read(from_.native_handle(), chunk, sizeof chunk);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
      at_end_ = n <= 0;
      rest_.append(chunk, n > 0 ? static_cast<std::size_t>(n) : 0);
      hand_over();
    }
  }
  /// Everything that was written has been read.
  bool at_end() const { return at_end_; }
  /// No line is handed over any more, but for a last one that was not complete.
  void close() {
    at_end_ = true;
    hand_over();
    on_line_ = {};
    error_code ignored;
    from_.close(ignored);
  }

 private:
  void hand_over() {
    constexpr std::size_t longest_line = std::size_t{64} << 10;
    std::size_t begin = 0;
    for (std::size_t end; (end = rest_.find('\n', begin)) != std::string::npos; begin = end + 1) {
      say(std::string_view(rest_).substr(begin, end - begin));
    }
    rest_.erase(0, begin);
    if (rest_.empty() || (!at_end_ && rest_.size() < longest_line)) return;
    say(rest_);
    rest_.clear();
  }
  void say(std::string_view line) const {
    if (on_line_) on_line_(line);
  }

  asio::posix::stream_descriptor from_;
  taker on_line_;
  bool at_end_ = false;
  std::string rest_;
};

}  // namespace kapacitor
