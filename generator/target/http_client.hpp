#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "delivery/answer.hpp"

namespace boost::asio {
class io_context;
}

namespace kapacitor::generator {

/// An address such as http://127.0.0.1:8086.
struct http_url {
  std::string host;
  std::string port;
  std::string prefix;  // of the path, without a slash at its end

  std::string text() const;
};

/// `flag` is named in the message. Errors: usage_error
http_url parse_url(std::string_view text, std::string_view flag);

std::string percent_encoded(std::string_view text);

/// A client with one connection, kept open, and one request at a time.
///
/// Threads: that of the io_context
class http_client {
 public:
  struct request {
    bool post = false;
    std::string path;       // and query
    std::string_view body;  // must stay until the answer
    std::string_view content_type = "text/plain; charset=utf-8";
  };
  /// The answer's message is the error the server told, and for good answers the whole body.
  using handler = std::function<void(answer)>;

  http_client(boost::asio::io_context& io, http_url url, std::chrono::nanoseconds timeout);
  ~http_client();
  http_client(const http_client&) = delete;
  http_client& operator=(const http_client&) = delete;

  /// Connects if need be and sends; `done` is called once, unless close() comes first.
  void start(const request& r, handler done);
  /// Forgets the request under way and closes the connection.
  void close();

  const http_url& url() const;

 private:
  struct connection;
  std::shared_ptr<connection> connection_;
};

}  // namespace kapacitor::generator
