#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/net/listen_address.hpp"
#include "base/text/log.hpp"

namespace boost::asio {
class io_context;
}

namespace kapacitor {

/// What a client asks for.
struct http_request {
  std::string method, path, query;  // the query without its question mark
  std::string accept;               // the header
  bool gzipped = false;
  std::string body;  // as it was received
};

struct http_reply {
  unsigned status = 204;
  std::string body{}, content_type = "text/plain; charset=utf-8";
  std::string security_policy{};  // the header Content-Security-Policy; empty: none
};

/// {"error": text}, as InfluxDB and Kapacitor answer.
http_reply json_error(unsigned status, std::string_view text);

/// Answers requests over HTTP 1.0 and 1.1, several of a connection one after the other.
///
/// What clients can take from the program has limits: connections, the bytes of headers and bodies,
/// and time. Who sends a part of a request and no more is cut off. A connection that waits between
/// two requests may do so for as long as there is room for others; then the one that has waited
/// longest is closed.
///
/// Threads: that of the io_context
class http_server {
 public:
  struct limits {
    std::size_t connections = 256;
    std::size_t header = std::size_t{16} << 10U;   // bytes
    std::size_t body = std::size_t{64} << 20U;     // bytes, of one request
    std::size_t bodies = std::size_t{256} << 20U;  // bytes, of all that are being received or used
    std::chrono::nanoseconds header_time = std::chrono::seconds(10);  // from a request's first byte
    std::chrono::nanoseconds body_time = std::chrono::seconds(60);
    std::chrono::nanoseconds answer_time = std::chrono::seconds(60);  // for the client to take it
  };
  struct settings {
    std::string flag;  // for messages, such as "--listen"
    listen_address at;
    std::string name;  // of the header Server
    limits most{};
    log_fn log;
  };
  /// Sends the answer; at once or later, one time. If it is dropped, the connection is closed.
  using responder = std::function<void(const http_reply&)>;
  using handler = std::function<void(http_request&&, responder)>;

  /// Listens; takes no connections before start(). Errors: usage_error that names the flag
  http_server(boost::asio::io_context& io, settings s, handler h);
  ~http_server();
  http_server(const http_server&) = delete;
  http_server& operator=(const http_server&) = delete;

  void start();
  /// From now on a request must be received within that time, those that have begun included.
  void hurry(std::chrono::nanoseconds most);
  /// Takes no more connections and requests; closes every connection but those with an answer due.
  void close();

  listen_address at() const;
  /// Requests with a whole header that are not answered yet.
  std::size_t requests_under_way() const;
  /// Called each time the last request under way has been answered, or its connection is gone.
  void on_quiet(std::function<void()> what);

 private:
  class impl;
  std::shared_ptr<impl> impl_;
};

}  // namespace kapacitor
