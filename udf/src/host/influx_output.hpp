#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "connect/asio.hpp"
#include "drive/totals.hpp"
#include "host/output.hpp"
#include "host/url.hpp"

namespace kapacitor::udf::host {

/// Like the properties of Kapacitor's influxDBOut.
struct influx_output_settings {
  url influxdb;
  std::string database;
  std::string retention_policy;                           // empty: the database's default
  std::string measurement;                                // empty: the points' own
  std::vector<std::pair<std::string, std::string>> tags;  // added to each point
  std::uint64_t batch = 1000;                             // points
  std::chrono::nanoseconds flush_interval = std::chrono::milliseconds(200);
  std::chrono::nanoseconds patience = std::chrono::seconds(30);  // at the end, with no success
};

/// Stores points in InfluxDB 1.x, in order, one request after the other, times in ns.
///
/// Where InfluxDB does not answer or is overloaded it tries the same request again, at growing
/// intervals up to 5 s; meanwhile up to 16 MiB wait, then the UDF's output has to. What InfluxDB
/// refuses is counted as lost under InfluxDB's own message.
std::unique_ptr<output> make_influx_output(asio::io_context& io, const influx_output_settings& s,
                                           totals& counts);

}  // namespace kapacitor::udf::host
