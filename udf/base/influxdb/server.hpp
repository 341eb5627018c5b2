#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "base/influxdb/http_client.hpp"
#include "base/net/backoff.hpp"
#include "base/net/event_loop.hpp"
#include "base/text/log.hpp"

namespace kapacitor::inline base {

enum class protocol { influxdb, kapacitor };
enum class api_version { v1, v2 };

/// InfluxDB or Kapacitor, as one asks it about things and has it do things; points go by
/// write_target.
///
/// Threads: that of the loop
class server {
 public:
  struct settings {
    protocol speaks = protocol::influxdb;
    http_client::settings client;
    std::string database;
    std::string retention_policy;
  };

  /// One subscription of the database and retention policy.
  struct subscription {
    std::string name;
    std::vector<std::string> destinations;
  };

  server(event_loop& loop, settings s);

  /// "InfluxDB at http://…", "Kapacitor at http://…"
  std::string name() const;

  /// Keeps no connection open until the next question.
  void hang_up() { client_.close(); }

  // What follows waits for the answer. A signal ends the wait: then the answer says "interrupted".

  /// Whether anybody is there: any status but 0 is an answer.
  answer ping();
  /// An answer with a status of 400 or more if there is none and it cannot be created.
  answer create_database();
  /// The answer of SHOW DATABASES is searched; status 404 if it is not among them.
  answer find_database();
  /// Fills `found`, or answers why it could not.
  answer list_subscriptions(std::vector<subscription>& found);
  /// Whether InfluxDB's subscriber serves one of that name by now; true if it does not tell.
  bool serves(const std::string& subscription_name);
  /// Kapacitor only: makes it subscribe to what it should.
  answer sync_subscriptions();

 private:
  answer call(const http_client::request& r);
  answer query(const std::string& statement);

  event_loop& loop_;
  settings settings_;
  http_client client_;
};

}  // namespace kapacitor::inline base
