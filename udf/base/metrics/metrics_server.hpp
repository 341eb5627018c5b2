#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <prometheus/metric_family.h>

#include "base/net/http_server.hpp"
#include "base/net/listen_address.hpp"
#include "base/text/log.hpp"

namespace kapacitor {

/// What a program says of itself at one moment.
struct observation {
  std::vector<prometheus::MetricFamily> metrics{};
  std::string stuck{};      // why it does not work any more; empty: it does
  std::string not_ready{};  // why it is of no use as yet, or for now; empty: it is
  std::string status{};     // all of it, as JSON

  /// Of a program that cannot be asked.
  static observation of_stuck(const std::string& why);
};

/// A page that shows what a program says. Lifetime: that of the program
struct metrics_page {
  std::string_view html{};             // empty: there is none
  std::string_view security_policy{};  // the header Content-Security-Policy
};

/// How long a loop may take for a turn; a program whose loop takes longer is stuck.
inline constexpr std::chrono::milliseconds longest_turn(2000);

/// Has the thread that `post` reaches look, see answer_within().
std::function<observation()> looked_at_by(std::function<void(std::function<void()>)> post,
                                          std::function<observation()> look);

/// Tells those who watch a program how it is, over HTTP:
///
///     /metrics      Prometheus' text, or OpenMetrics for those who ask for it
///     /livez        200, or 503 and why it is stuck
///     /readyz       200, or 503 and why it is not ready
///     /status.json  everything
///     /             a page that shows it, if the program has one, and what else it has
///
/// In a thread of its own: who asks, and who takes an answer slowly, delays nothing else.
class metrics_server {
 public:
  struct settings {
    listen_address at{};
    std::string program{};  // the header Server
    metrics_page page{};
    /// What else there is, by its path. Called in the server's thread with the query
    std::map<std::string, std::function<http_reply(const std::string&)>> more{};
    log_fn log{};
  };

  /// `look` is called in that thread, once for each request.
  ///
  /// Errors: usage_error that names --metrics
  metrics_server(const settings& s, std::function<observation()> look);
  ~metrics_server();
  metrics_server(const metrics_server&) = delete;
  metrics_server& operator=(const metrics_server&) = delete;

  listen_address at() const;
  /// Has that thread call it. Threads: any
  void post(std::function<void()> what);

 private:
  class impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace kapacitor
