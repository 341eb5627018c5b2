#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/influxdb/authorization.hpp"
#include "base/influxdb/tls.hpp"
#include "host/run.hpp"

namespace kapacitor::udf::host {

/// The command line as it was typed: everything is text until it is known to be complete.
struct arguments {
  // the UDF
  std::string socket, exec, function, task = "host", node;
  std::vector<std::string> options;
  std::string timeout = "10s", connect_timeout = "10s", max_message = "256MiB";
  std::string snapshot, snapshot_interval = "1m";
  bool snapshot_at_end = false;
  // the input
  std::string input, listen, influxdb, db, rp, precision, duration, until_idle;
  std::uint64_t points = 0;
  bool real_time = false, rec_time = false;
  double speed = 0;
  // the task
  std::string from, group_by, window, window_count;
  bool group_by_measurement = false, align = false, fill_period = false;
  // the output
  std::string output, out_influxdb, out_rp, out_measurement, out_flush = "200ms",
                                                             out_patience = "30s";
  std::vector<std::string> out_tags;
  std::uint64_t out_batch = 1000;
  // InfluxDB
  login who, out_who;
  tls_settings tls;
  std::string gzip = "off", api = "v1", org, bucket;
  // common
  std::string progress = "auto", summary, log_level = "info";
  std::string recording;  // the file of record and replay
};

/// Each checks the arguments and says what they mean. Errors: usage_error naming the flag
run_settings run_settings_of(const arguments& a);
run_settings replay_settings_of(const arguments& a);
record_settings record_settings_of(const arguments& a);

}  // namespace kapacitor::udf::host
