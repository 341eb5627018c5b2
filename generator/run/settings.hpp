#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "base/influxdb/server.hpp"
#include "base/influxdb/tls.hpp"
#include "base/net/backoff.hpp"
#include "base/net/listen_address.hpp"
#include "base/text/log.hpp"
#include "base/text/units.hpp"
#include "replay/settings.hpp"
#include "run/precision.hpp"

namespace kapacitor::generator {

/// What the program is to do.
enum class command { run, replay, scenarios, check };

/// Where the points go.
enum class destination { influxdb, kapacitor, both, standard_output, file, udp, nowhere };

/// Whether to see to it that Kapacitor gets the points, before the first one is written.
enum class subscribe_mode { automatic, off, require };

using std::chrono::nanoseconds;

/// Where the points go, and how they are written there.
struct target_settings {
  destination to = destination::influxdb;
  address url;            // of InfluxDB; of Kapacitor with destination::kapacitor; udp://
  address kapacitor_url;  // of the Kapacitor to be subscribed, or of that in `both`
  std::string output;     // destination::file
  std::size_t udp_payload = 1400;
  std::string database = "demo";
  std::string retention_policy = "autogen";
  generator::precision precision = generator::precision::ns;
  std::string consistency;  // empty: the server's own
  api_version api = api_version::v1;
  std::string organisation, bucket;  // v2
  std::string authorization;         // the header's value, for `url`
  tls_settings tls;                  // for addresses with https
  int gzip = 0;                      // level; 0: off
  nanoseconds timeout = std::chrono::seconds(10);

  /// Whether points go to a server that can be asked things.
  bool has_server() const { return to <= destination::both; }
};

/// What has to be so before the first point is sent.
struct preparation_settings {
  bool create_database = true;
  subscribe_mode subscribe = subscribe_mode::automatic;
  nanoseconds wait_for_subscription{0};
  nanoseconds wait_for_server = std::chrono::seconds(30);
};

/// Which points.
struct data_settings {
  std::string scenario = "sensors";  // what the TICKscripts in tick/ read
  std::optional<std::string> measurement;
  std::optional<std::uint64_t> series;
  std::optional<std::uint64_t> seed;  // empty: the scenario's own
  bool anomalies = true;
  std::string labels, labels_nab, label_measurement;
  bool plot = false;  // draw the first series beforehand
};

/// When the points are made, and which times they carry.
struct pace_settings {
  std::optional<std::int64_t> milli_rate;
  std::optional<nanoseconds> interval;
  std::optional<moment> start;  // empty: now
  std::optional<moment> end;
  std::uint64_t points = 0;     // 0: no limit
  nanoseconds duration{0};      // 0: no limit
  std::optional<bool> at_once;  // empty: as fits the rest
  std::int64_t milli_speed = 1000;
  nanoseconds jitter{0};
  nanoseconds ramp{0};
  bool stamp_when_sent = false;
  bool skip_late = false;

  bool bounded() const { return points > 0 || duration.count() > 0 || end.has_value(); }
};

/// How the points are put into requests, and what becomes of those that cannot be sent.
struct request_settings {
  std::uint64_t batch = 5000;
  std::uint64_t batch_bytes = std::uint64_t{8} << 20U;
  nanoseconds flush = std::chrono::milliseconds(100);
  std::uint64_t connections = 1;
  std::uint64_t threads = 1;

  nanoseconds backlog_age = std::chrono::seconds(120);
  std::uint64_t backlog_points = UINT64_MAX;
  std::uint64_t backlog_bytes = std::uint64_t{256} << 20U;
  backoff::limits retry{};
  nanoseconds max_retry_time{0};
  std::uint64_t max_errors = 0;  // rejected points; 0: no limit
  nanoseconds shutdown_timeout = std::chrono::seconds(5);
};

/// What the user is shown.
struct report_settings {
  std::string report;
  std::optional<listen_address> metrics;  // empty: off
  std::uint64_t print = 0;
  nanoseconds progress = std::chrono::seconds(1);
  std::string log_file;  // empty: stderr
  log_level level = log_level::info;
  bool verbose = false;
  bool quiet = false;
};

/// What the command line asks for: a part for each part of the program that reads it.
struct settings : target_settings,
                  preparation_settings,
                  data_settings,
                  pace_settings,
                  request_settings,
                  report_settings {
  using nanoseconds = std::chrono::nanoseconds;

  command what = command::run;
  std::string operand;  // replay, check: the file; scenarios: the name, or empty
  replay_settings replay;
};

/// Reads the command line.
///
/// Errors: usage_error with one line that names the flag. --help and --version print and give
///         nothing.
std::optional<settings> parse_command_line(int argc, const char* const* argv);

}  // namespace kapacitor::generator
