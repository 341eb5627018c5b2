#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "run/log.hpp"
#include "target/server.hpp"

namespace kapacitor::generator {

/// Whether to see to it that Kapacitor gets the points, before the first one is written.
enum class subscribe_mode { automatic, off, require };

/// What the command line asks for.
struct settings {
  using nanoseconds = std::chrono::nanoseconds;

  protocol speaks = protocol::influxdb;
  http_url url;
  http_url kapacitor_url;
  std::string database = "demo";
  std::string retention_policy = "autogen";
  bool create_database = true;
  subscribe_mode subscribe = subscribe_mode::automatic;
  nanoseconds wait_for_subscription{0};
  nanoseconds wait_for_server = std::chrono::seconds(30);
  bool dry_run = false;

  std::string scenario = "sensors";
  std::optional<std::string> measurement;
  std::optional<std::uint64_t> series;
  std::uint64_t seed = 1;
  std::optional<std::int64_t> start;  // ns since 1970-01-01 UTC; empty: now
  std::uint64_t points = 0;           // 0: no limit
  nanoseconds duration{0};            // 0: no limit
  bool anomalies = true;
  std::string labels;

  std::optional<std::int64_t> milli_rate;
  std::optional<nanoseconds> interval;
  std::optional<bool> at_once;
  std::uint64_t batch = 5000;
  nanoseconds flush = std::chrono::milliseconds(100);

  nanoseconds backlog_age = std::chrono::seconds(120);
  std::uint64_t backlog_points = UINT64_MAX;
  std::uint64_t backlog_bytes = std::uint64_t{256} << 20U;
  nanoseconds max_retry_time{0};
  nanoseconds shutdown_timeout = std::chrono::seconds(5);
  nanoseconds timeout = std::chrono::seconds(10);

  std::string report;
  nanoseconds progress = std::chrono::seconds(1);
  log_level level = log_level::info;
  bool verbose = false;
  bool quiet = false;

  bool bounded() const { return points > 0 || duration.count() > 0; }
};

/// Reads the command line.
///
/// Errors: usage_error with one line that names the flag. --help and --version print and give
///         nothing.
std::optional<settings> parse_command_line(int argc, const char* const* argv);

}  // namespace kapacitor::generator
