#pragma once

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <udf.pb.h>

#include "wire/frame.hpp"

namespace kapacitor::udf::test {

/// A connection to a UNIX socket, such as Kapacitor makes. Blocks, but never for ever.
class unix_client {
 public:
  using milliseconds = std::chrono::milliseconds;

  /// Where nothing listens yet, tries again for some time: a server may be starting.
  explicit unix_client(const std::string& path, milliseconds within = std::chrono::seconds(10)) {
    const auto end = std::chrono::steady_clock::now() + within;
    while (!connect(path)) {
      if (std::chrono::steady_clock::now() >= end)
        throw std::runtime_error("cannot connect to " + path);
      ::usleep(2000);
    }
  }
  /// Takes over a socket that is connected already.
  explicit unix_client(int connected) : fd_(connected) {}
  unix_client(unix_client&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)),
        received_(std::move(other.received_)),
        closed_(other.closed_) {}
  unix_client& operator=(unix_client&&) = delete;
  ~unix_client() { close(); }

  int fd() const { return fd_; }

  /// Writes all of it, waiting as long as that takes. Returns: false if the peer is gone.
  bool send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const auto n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
  }
  /// Writes what goes without waiting. Returns: how much that was
  std::size_t send_now(std::string_view bytes) const {
    const auto n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    return n < 0 ? 0 : static_cast<std::size_t>(n);
  }
  /// Says that nothing more will come.
  void half_close() const { ::shutdown(fd_, SHUT_WR); }
  void close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }

  /// The next response; empty if the peer has closed, or says nothing in time.
  std::optional<::agent::Response> receive(milliseconds within = std::chrono::seconds(10)) {
    const auto end = std::chrono::steady_clock::now() + within;
    for (;;) {
      if (auto response = take()) return response;
      if (!receive_more(end)) return std::nullopt;
    }
  }
  /// The next response that is no unasked-for sign of life.
  std::optional<::agent::Response> receive_answer(milliseconds within = std::chrono::seconds(10)) {
    for (;;) {
      auto response = receive(within);
      if (!response || !response->has_keepalive()) return response;
    }
  }
  /// All responses until the peer closes but unasked-for signs of life, which come when the machine
  /// is busy. Check closed() afterwards: it could be the time that ended.
  std::vector<::agent::Response> receive_all(milliseconds within = std::chrono::seconds(20)) {
    std::vector<::agent::Response> all;
    while (auto one = receive_answer(within)) all.push_back(std::move(*one));
    return all;
  }
  /// Whether the peer has closed. Waits for that; what else comes is thrown away.
  bool wait_closed(milliseconds within = std::chrono::seconds(10)) {
    const auto end = std::chrono::steady_clock::now() + within;
    while (receive_more(end)) received_.clear();
    return closed_;
  }
  bool closed() const { return closed_; }
  /// The errno that ended it; 0: an orderly end.
  int error() const { return error_; }

 private:
  bool connect(const std::string& path) {
    fd_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) throw std::runtime_error("path too long: " + path);
    std::memcpy(address.sun_path, path.data(), path.size());
    if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
      return true;
    close();
    return false;
  }
  std::optional<::agent::Response> take() {
    const auto frame = wire::first_frame(received_, std::size_t{1} << 30);
    if (!frame) return std::nullopt;
    ::agent::Response response;
    if (!response.ParseFromArray(frame->message.data(), static_cast<int>(frame->message.size()))) {
      throw std::runtime_error("a response that protobuf cannot read");
    }
    received_.erase(0, frame->size);
    return response;
  }
  bool receive_more(std::chrono::steady_clock::time_point end) {
    if (closed_) return false;
    const auto left =
        std::chrono::ceil<milliseconds>(end - std::chrono::steady_clock::now()).count();
    pollfd one{fd_, POLLIN, 0};
    if (::poll(&one, 1, static_cast<int>(std::max<long>(0, left))) <= 0) return false;
    std::array<char, 65536> buffer;
    const auto n = ::recv(fd_, buffer.data(), buffer.size(), 0);
    if (n > 0) {
      received_.append(buffer.data(), static_cast<std::size_t>(n));
      return true;
    }
    error_ = n < 0 ? errno : 0;
    closed_ = true;
    return false;
  }

  int fd_ = -1;
  std::string received_;
  bool closed_ = false;
  int error_ = 0;
};

}  // namespace kapacitor::udf::test
