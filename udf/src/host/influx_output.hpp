#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/influxdb/http_client.hpp"
#include "base/net/asio.hpp"
#include "drive/totals.hpp"
#include "host/influxdb.hpp"
#include "host/output.hpp"

namespace kapacitor::udf::host {

/// Like the properties of Kapacitor's influxDBOut.
struct influx_output_settings {
  influxdb_settings influxdb;
  std::string path;                                       // of the requests, with their query
  std::string measurement;                                // empty: the points' own
  std::vector<std::pair<std::string, std::string>> tags;  // added to each point
  int gzip = 0;                                           // level; 0: off
  std::uint64_t batch = 1000;                             // points
  std::chrono::nanoseconds flush_interval = std::chrono::milliseconds(200);
  std::chrono::nanoseconds patience = std::chrono::seconds(30);  // at the end, with no success
};

/// Stores points in InfluxDB, in order, one request after the other, times in ns.
///
/// A request that InfluxDB cannot take now is sent again, at growing intervals up to 5 s, and one
/// that is too large in halves; meanwhile up to 16 MiB wait, then the UDF's output has to. Points
/// that InfluxDB rejects are counted as lost under its own message; if it refuses all of ours
/// (user, token, database, certificate) the output fails.
std::unique_ptr<output> make_influx_output(asio::io_context& io, const influx_output_settings& s,
                                           totals& counts);

}  // namespace kapacitor::udf::host
