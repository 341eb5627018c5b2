#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/influxdb/authorization.hpp"
#include "base/influxdb/server.hpp"
#include "base/influxdb/tls.hpp"
#include "base/net/listen_address.hpp"
#include "base/options/table.hpp"
#include "base/table/file_format.hpp"
#include "base/table/table_settings.hpp"
#include "base/text/logger.hpp"
#include "host/run.hpp"

namespace kapacitor::udf::host {

/// What the options of run, record and replay say, each by itself.
struct arguments {
  using nanoseconds = std::chrono::nanoseconds;

  // the UDF
  std::string socket, exec, function, task = "host", node;
  std::vector<option> options;
  nanoseconds timeout = std::chrono::seconds(10), connect_timeout = std::chrono::seconds(10);
  std::size_t max_message = std::size_t{256} << 20;
  std::string snapshot;
  nanoseconds snapshot_interval = std::chrono::minutes(1);
  bool snapshot_at_end = false;
  // the input
  std::string input, influxdb, db, rp;
  std::optional<listen_address> listen;
  std::int64_t time_unit = 1;  // ns
  std::optional<nanoseconds> duration;
  nanoseconds until_idle{};
  std::uint64_t points = 0;
  table_settings table;               // of a file
  std::optional<file_format> format;  // of a file
  bool rec_time = false;
  std::optional<std::int64_t> milli_speed;  // empty: as fast as possible
  // the task
  std::string measurement, group_by;
  std::optional<window_settings> window, window_count;
  bool group_by_measurement = false, align = false, fill_period = false;
  // the output
  std::string output, out_influxdb, out_rp, out_measurement;
  nanoseconds flush = std::chrono::milliseconds(200), shutdown_timeout = std::chrono::seconds(30);
  std::vector<std::pair<std::string, std::string>> out_tags;
  std::uint64_t batch = 1000;
  // of InfluxDB
  login who, out_who;
  tls_settings tls;
  int gzip = 0;
  api_version api = api_version::v1;
  std::string org, bucket;
  // common
  std::optional<nanoseconds> progress;  // empty: each second, on a terminal
  std::string summary;
  std::optional<listen_address> metrics;  // empty: off
  log_settings log;
  std::string recording;  // the file of record and replay
};

// The commands. Lifetime: `a` must outlive the command, which sets it

option_command run_command(arguments& a);
option_command record_command(arguments& a);
option_command replay_command(arguments& a);

/// Each checks the arguments and says what they mean together. Errors: usage_error naming the flag
run_settings run_settings_of(const arguments& a);
run_settings replay_settings_of(const arguments& a);
record_settings record_settings_of(const arguments& a);

}  // namespace kapacitor::udf::host
