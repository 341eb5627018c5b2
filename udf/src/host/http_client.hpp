#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "connect/asio.hpp"
#include "host/url.hpp"

namespace kapacitor::udf::host {

struct http_request {
  std::string target;  // behind the URL's own path, such as "/write?db=x"
  std::string body;
  std::chrono::nanoseconds timeout = std::chrono::seconds(10);
};

struct http_reply {
  std::string failure;  // there was no answer: why
  unsigned status = 0;
  std::string body;
  /// What InfluxDB says is wrong: its header, its JSON, or the text itself.
  std::string message() const;
};

/// A connection to an InfluxDB, kept and renewed. One POST at a time.
/// Threads: that of the io_context.
class http_client {
 public:
  http_client(asio::io_context& io, url to);
  ~http_client();

  void post(http_request request, std::function<void(const http_reply&)> done);
  /// Drops the connection; `done` is called with a failure.
  void cancel();

 private:
  class impl;
  std::shared_ptr<impl> impl_;
};

/// One POST; waits for the answer.
http_reply post_now(const url& to, http_request request);

}  // namespace kapacitor::udf::host
