#pragma once

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <list>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "support/http.hpp"

namespace test_support {

/// An HTTP server that answers as the test says.
///
/// Threads: `answer` runs in a thread of the server's, one call at a time
class scripted_server {
 public:
  struct request {
    std::string target;  // "POST /write?db=x"
    std::string body;
    std::string head;  // all of it
    std::chrono::steady_clock::time_point at{};
  };
  /// Returns: the whole answer as it goes over the wire; nothing: the connection is cut.
  using script = std::function<std::string(const request&)>;

  /// Port 0: a free one.
  explicit scripted_server(script answer, std::uint16_t port = 0) : answer_(std::move(answer)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    const int yes = 1;
    ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_, generic, size) != 0 || ::listen(listener_, 8) != 0 ||
        ::getsockname(listener_, generic, &size) != 0) {
      throw std::runtime_error("scripted_server cannot listen");
    }
    port_ = ntohs(address.sin_port);
    accepting_ = std::thread([this] { accept(); });
  }
  ~scripted_server() { stop(); }
  scripted_server(const scripted_server&) = delete;
  scripted_server& operator=(const scripted_server&) = delete;

  /// Answers nothing any more. What the script wrote can be read afterwards without a lock.
  void stop() {
    if (!accepting_.joinable()) return;
    stop_ = true;
    accepting_.join();
    for (auto& t : serving_) t.join();
    ::close(listener_);
  }

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  /// All requests that came, in their order.
  std::vector<request> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }
  /// Connections with at least one write.
  int writers() const { return writers_; }

  static std::string status(const std::string& line, const std::string& body = "",
                            const std::string& headers = "") {
    return "HTTP/1.1 " + line + "\r\n" + headers +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  }
  static std::string no_content() { return "HTTP/1.1 204 No Content\r\n\r\n"; }
  static std::string query_done() { return status("200 OK", R"({"results":[{}]})"); }

 private:
  /// One connection.
  struct peer {
    int fd;
    std::string buffer{};
    bool writes = false;
  };

  bool readable(int fd) const {
    while (!stop_) {
      pollfd p{fd, POLLIN, 0};
      if (::poll(&p, 1, 20) > 0) return true;
    }
    return false;
  }
  void accept() {
    while (readable(listener_)) {
      const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      serving_.emplace_back([this, fd] {
        for (peer p{fd}; converse(p);) {
        }
        ::close(fd);
      });
    }
  }
  bool fill(peer& p) const {
    char chunk[65536];
    if (!readable(p.fd)) return false;
    const auto n = ::recv(p.fd, chunk, sizeof chunk, 0);
    if (n > 0) p.buffer.append(chunk, static_cast<std::size_t>(n));
    return n > 0;
  }
  bool receive(peer& p, request& r) const {
    std::size_t end = 0;
    while ((end = p.buffer.find("\r\n\r\n")) == std::string::npos) {
      if (!fill(p)) return false;
    }
    const auto head = p.buffer.substr(0, end);
    const auto length_at = head.find("Content-Length: ");
    const auto length =
        length_at == std::string::npos ? 0 : std::stoul(head.substr(length_at + 16));
    while (p.buffer.size() < end + 4 + length) {
      if (!fill(p)) return false;
    }
    r = {head.substr(0, head.find(" HTTP/")), p.buffer.substr(end + 4, length), head,
         std::chrono::steady_clock::now()};
    p.buffer.erase(0, end + 4 + length);
    return true;
  }
  bool converse(peer& p) {
    request r;
    if (!receive(p, r)) return false;
    std::string reply;
    {
      const std::lock_guard lock(mutex_);
      requests_.push_back(r);
      if (r.target.find("/write") != std::string::npos && !std::exchange(p.writes, true)) {
        ++writers_;
      }
      reply = answer_(r);
    }
    return !reply.empty() && ::send(p.fd, reply.data(), reply.size(), MSG_NOSIGNAL) > 0 &&
           reply.find("Connection: close") == std::string::npos &&
           reply.find("X-Test: cut") == std::string::npos;
  }

  script answer_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<bool> stop_{false};
  std::atomic<int> writers_{0};
  mutable std::mutex mutex_;
  std::vector<request> requests_;
  std::list<std::thread> serving_;
  std::thread accepting_;
};

}  // namespace test_support
