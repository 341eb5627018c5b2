#pragma once

#include <string>

namespace kapacitor {

enum class protocol { influxdb, kapacitor };
enum class api_version { v1, v2 };

/// Where points are written to, in a server.
struct write_destination {
  protocol speaks = protocol::influxdb;
  api_version api = api_version::v1;         // InfluxDB's: v1 is /write, v2 is /api/v2/write
  std::string database, retention_policy{};  // v1; no policy: the database's default
  std::string organisation{}, bucket{};      // v2; of InfluxDB 1.8 and later DATABASE/POLICY
  std::string precision = "ns";              // of the times in the lines, as the API calls it
  std::string consistency{};                 // of a cluster; empty: the server's own
};

/// Path and query of the requests.
std::string write_path(const write_destination& to);

}  // namespace kapacitor
