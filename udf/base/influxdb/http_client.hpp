#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/influxdb/server_answer.hpp"
#include "base/influxdb/url.hpp"

namespace boost::asio {
class io_context;
}

namespace kapacitor {

struct tls_client;

enum class http_verb { get, post, patch };

/// A client with one connection, kept open, and one request at a time.
///
/// Threads: that of the io_context
class http_client {
 public:
  struct settings {
    address to;
    std::chrono::nanoseconds timeout = std::chrono::seconds(10);
    std::string authorization{};        // the header's value; empty: none
    std::shared_ptr<tls_client> tls{};  // for https
    std::string user_agent = "kapacitor-udf";
  };
  struct request {
    http_verb verb = http_verb::get;
    std::string path;       // and query
    std::string_view body;  // must stay until the answer
    std::string_view content_type = "text/plain; charset=utf-8";
    bool gzipped = false;
  };
  /// The answer's message is the error the server told, and for good answers the whole body.
  using handler = std::function<void(server_answer)>;

  http_client(boost::asio::io_context& io, settings s);
  ~http_client();
  http_client(const http_client&) = delete;
  http_client& operator=(const http_client&) = delete;

  /// Connects if need be and sends; `done` is called once, unless close() comes first.
  void start(const request& r, handler done);
  /// Forgets the request under way and closes the connection.
  void close();

  const address& to() const;

 private:
  struct connection;
  std::shared_ptr<connection> connection_;
};

}  // namespace kapacitor
