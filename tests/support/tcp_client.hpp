#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace test_support {

/// A TCP connection to a loopback port that says no more than the test has it say.
class tcp_client {
 public:
  /// Takes a descriptor, and no more.
  tcp_client() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {}
  explicit tcp_client(std::uint16_t port) : tcp_client() { connect(port); }
  ~tcp_client() { ::close(fd_); }
  tcp_client(const tcp_client&) = delete;
  tcp_client& operator=(const tcp_client&) = delete;

  bool connect(std::uint16_t port) const {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    return ::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }
  void send(std::string_view text) const { ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL); }

  /// What comes until the peer closes the connection, or for that long. Sets closed().
  std::string receive(std::chrono::milliseconds within = std::chrono::seconds(10)) {
    const auto end = std::chrono::steady_clock::now() + within;
    std::string text;
    char chunk[4096];
    while (std::chrono::steady_clock::now() < end) {
      const timeval little{0, 20'000};
      ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &little, sizeof little);
      const auto n = ::recv(fd_, chunk, sizeof chunk, 0);
      if (n > 0) text.append(chunk, static_cast<std::size_t>(n));
      closed_ = n == 0 || (n < 0 && errno != EAGAIN);
      if (closed_) break;
    }
    return text;
  }
  bool closed() const { return closed_; }
  int descriptor() const { return fd_; }

 private:
  int fd_;
  bool closed_ = false;
};

}  // namespace test_support
