#include "run/metrics_server.hpp"

#include <utility>

namespace kapacitor::generator {
namespace {

http_server::limits few() {
  http_server::limits most;
  most.connections = 32;
  most.body = most.bodies = 4096;
  return most;
}

http_reply answer_to(const http_request& r, const std::function<std::string()>& text) {
  if (r.path != "/metrics" || r.method != "GET") return {404, "see /metrics\n"};
  return {200, text(), "text/plain; version=0.0.4"};
}

}  // namespace

metrics_server::metrics_server(event_loop& loop, settings s)
    : server_(
          loop.io(),
          {"--metrics-listen", std::move(s.at), "kapacitor-udf-generator", few(), std::move(s.log)},
          [text = std::move(s.text)](http_request&& r, const http_server::responder& answer) {
            answer(answer_to(r, text));
          }) {
  server_.start();
}

}  // namespace kapacitor::generator
