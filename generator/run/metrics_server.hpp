#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/net/event_loop.hpp"
#include "base/net/http_server.hpp"

namespace kapacitor::generator {

/// Answers GET /metrics, and everything else with 404.
///
/// Threads: that of the loop
class metrics_server {
 public:
  struct settings {
    listen_address at;
    std::function<std::string()> text;
    log_fn log;
  };

  /// Errors: usage_error that names --metrics-listen
  metrics_server(event_loop& loop, settings s);

  std::uint16_t port() const { return server_.at().port; }

 private:
  http_server server_;
};

}  // namespace kapacitor::generator
