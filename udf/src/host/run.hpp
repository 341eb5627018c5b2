#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "base/net/listen_address.hpp"
#include "connect/udf_client.hpp"
#include "drive/feed.hpp"
#include "host/influx_output.hpp"
#include "host/recorder.hpp"
#include "host/source.hpp"

namespace kapacitor::udf::host {

struct report_settings {
  std::chrono::nanoseconds progress{};         // 0: none
  std::string summary_file;                    // empty: none
  std::optional<listen_address> metrics = {};  // where it tells how it is; empty: nowhere
};

struct run_settings {
  std::string command = "run";  // or "replay"
  std::string function;         // for messages
  std::string socket, exec;     // one of them
  std::chrono::nanoseconds connect_timeout{};
  udf_settings udf;
  source_settings source;
  feed_settings feed;
  std::optional<std::string> output;  // a file, "-": stdout
  std::optional<influx_output_settings> influx_output;
  report_settings report;
};

/// Plays kapacitord towards a UDF until the input ends, SIGINT, SIGTERM or an error. A second
/// signal gives up what is still on its way.
///
/// Returns: the exit code: 0; 1 if the run failed or points were lost; 2 if it did not start; 3 if
///          InfluxDB was not reached, 4 if it refuses; 130 after a second signal
/// Errors: usage_error, start_error, run_ended before anything has begun
int run(const run_settings& s);

struct record_settings {
  source_settings source;
  recorder_settings recorder;
  report_settings report;
};

/// Writes what comes in to a file. Returns and errors: as run()
int record(const record_settings& s);

}  // namespace kapacitor::udf::host
