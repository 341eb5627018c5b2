#pragma once

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "support/http.hpp"

namespace generator_test {

/// An HTTP server that answers as the test says: one connection at a time, kept open.
///
/// Threads: `answer` runs in the server's own thread
class scripted_server {
 public:
  struct request {
    std::string target;  // "POST /write?db=x"
    std::string body;
    std::string head;  // all of it
  };
  /// Returns: the whole answer as it goes over the wire; nothing: the connection is cut.
  using script = std::function<std::string(const request&)>;

  explicit scripted_server(script answer) : answer_(std::move(answer)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_, generic, size) != 0 || ::listen(listener_, 8) != 0 ||
        ::getsockname(listener_, generic, &size) != 0) {
      throw std::runtime_error("scripted_server cannot listen");
    }
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~scripted_server() {
    stop_ = true;
    thread_.join();
    ::close(listener_);
  }
  scripted_server(const scripted_server&) = delete;
  scripted_server& operator=(const scripted_server&) = delete;

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  /// The bodies of all writes that came, in their order.
  std::vector<request> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

  static std::string status(const std::string& line, const std::string& body = "",
                            const std::string& headers = "") {
    return "HTTP/1.1 " + line + "\r\n" + headers +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  }
  static std::string no_content() { return "HTTP/1.1 204 No Content\r\n\r\n"; }
  static std::string query_done() { return status("200 OK", R"({"results":[{}]})"); }

 private:
  bool readable(int fd) const {
    while (!stop_) {
      pollfd p{fd, POLLIN, 0};
      if (::poll(&p, 1, 20) > 0) return true;
    }
    return false;
  }
  void serve() {
    while (readable(listener_)) {
      const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      std::string buffer;
      while (converse(fd, buffer)) {
      }
      ::close(fd);
    }
  }
  bool fill(int fd, std::string& buffer) const {
    char chunk[65536];
    if (!readable(fd)) return false;
    const auto n = ::recv(fd, chunk, sizeof chunk, 0);
    if (n > 0) buffer.append(chunk, static_cast<std::size_t>(n));
    return n > 0;
  }
  bool converse(int fd, std::string& buffer) {
    std::size_t end = 0;
    while ((end = buffer.find("\r\n\r\n")) == std::string::npos) {
      if (!fill(fd, buffer)) return false;
    }
    const auto head = buffer.substr(0, end);
    const auto length_at = head.find("Content-Length: ");
    const auto length =
        length_at == std::string::npos ? 0 : std::stoul(head.substr(length_at + 16));
    while (buffer.size() < end + 4 + length) {
      if (!fill(fd, buffer)) return false;
    }
    const request r{head.substr(0, head.find(" HTTP/")), buffer.substr(end + 4, length), head};
    buffer.erase(0, end + 4 + length);
    {
      const std::lock_guard lock(mutex_);
      requests_.push_back(r);
    }
    const auto reply = answer_(r);
    return !reply.empty() && ::send(fd, reply.data(), reply.size(), MSG_NOSIGNAL) > 0 &&
           reply.find("Connection: close") == std::string::npos &&
           reply.find("X-Test: cut") == std::string::npos;
  }

  script answer_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<bool> stop_{false};
  mutable std::mutex mutex_;
  std::vector<request> requests_;
  std::thread thread_;
};

}  // namespace generator_test
