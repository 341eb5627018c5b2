#pragma once

#include <chrono>
#include <string>

#include "base/influxdb/server.hpp"

namespace kapacitor::udf::host {

/// What is to be so in an InfluxDB before points flow.
struct influxdb_settings {
  server::settings instance;  // a retention policy without a name is not asked for
  bool has_databases = true;  // InfluxDB 2 has none, nor has the API of version 2
  bool is_source = false;     // points are to come from it: that the database is new is odd
  std::chrono::nanoseconds patience = std::chrono::seconds(10);  // for it to answer
};

/// Waits until InfluxDB answers, creates the database if it is missing, and looks for the retention
/// policy.
///
/// Errors: run_ended with InfluxDB's own message: 3 if it was not reached, 4 if it refuses, 0 if a
///         signal came
void prepare(const influxdb_settings& s);

/// InfluxDB forwards what is written to a database, for as long as this object lives.
///
/// Its name tells the destination: one that was left behind by a program that was killed is
/// replaced, as nobody else can listen there. Others of ours are removed if it is certain that
/// nobody listens at their destination.
class subscription {
 public:
  /// `destination`: such as http://127.0.0.1:9092. Errors: run_ended with InfluxDB's own message
  subscription(const server::settings& s, const std::string& destination);
  ~subscription();
  subscription(const subscription&) = delete;
  subscription& operator=(const subscription&) = delete;

 private:
  void remove_abandoned(const address& ours, const address& influxdb);
  void complain(const std::string& why) const;

  // Of its own: it is needed in the middle of what the program's other loop does.
  event_loop loop_;
  server influxdb_;
  std::string name_;
};

}  // namespace kapacitor::udf::host
