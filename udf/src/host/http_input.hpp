#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "base/net/asio.hpp"
#include "base/net/http_server.hpp"
#include "drive/intake.hpp"
#include "drive/totals.hpp"

namespace kapacitor::udf::host {

struct http_input_settings {
  listen_address listen;
  std::string retention_policy;  // of requests that name none
  /// After stop(): requests are taken until none has come for so long. InfluxDB may still have
  /// something to forward.
  std::chrono::milliseconds grace{0};
  http_server::limits limits{};
  std::size_t max_unpacked = std::size_t{512} << 20;  // bytes, of one request
};

/// Takes points over HTTP, as Kapacitor does from InfluxDB's subscriptions and from writers:
///
///   POST /write, /kapacitor/v1/write   ?db= &rp= &precision=   line protocol, gzip or not
///        204; 400 with {"error": ...} if a line is wrong: nothing of the request is then taken
///   GET  /ping, /kapacitor/v1/ping     204
///
/// The answer to a write comes when its points have been taken: backpressure reaches the writer.
class http_input : public input {
 public:
  /// Errors: usage_error if it cannot listen
  http_input(asio::io_context& io, const http_input_settings& s, intake& to, totals& counts);
  ~http_input() override;

  void start() override;
  void stop() override;
  void abandon() override;
  /// "http://127.0.0.1:9092"
  std::string url() const;

 private:
  class impl;
  std::shared_ptr<impl> impl_;
};

}  // namespace kapacitor::udf::host
