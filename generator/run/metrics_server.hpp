#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/net/event_loop.hpp"

namespace kapacitor::generator {

/// Answers GET /metrics, and everything else with 404.
///
/// Threads: that of the loop
class metrics_server {
 public:
  /// `address`: HOST:PORT with a numeric host. Errors: usage_error that names --metrics-listen
  metrics_server(event_loop& loop, const std::string& address, std::function<std::string()> text);
  ~metrics_server();
  metrics_server(const metrics_server&) = delete;
  metrics_server& operator=(const metrics_server&) = delete;

  std::uint16_t port() const;

 private:
  struct state;
  std::shared_ptr<state> state_;
};

}  // namespace kapacitor::generator
