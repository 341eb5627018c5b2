#pragma once

#include <chrono>
#include <string>

#include "host/url.hpp"

namespace kapacitor::udf::host {

/// Makes sure that a database is there, and the retention policy, unless its name is empty.
/// Where nobody answers it tries again for `patience`, and says so.
///
/// Errors: start_error with InfluxDB's own message
void ensure_database(const url& influxdb, const std::string& database,
                     const std::string& retention_policy, std::chrono::nanoseconds patience);

/// What is to be forwarded to whom.
struct subscription_settings {
  url influxdb;
  std::string database, retention_policy;
  std::string destination;  // "http://127.0.0.1:9092"
};

/// InfluxDB forwards what is written to a database, for as long as this object lives.
///
/// Its name tells the destination: one that was left behind by a program that was killed is
/// replaced, as nobody else can listen there.
class subscription {
 public:
  /// Errors: start_error with InfluxDB's own message
  explicit subscription(const subscription_settings& s);
  ~subscription();
  subscription(const subscription&) = delete;
  subscription& operator=(const subscription&) = delete;

 private:
  subscription_settings settings_;
  std::string name_;  // quoted, with database and retention policy
};

}  // namespace kapacitor::udf::host
