#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "delivery/backoff.hpp"
#include "run/event_loop.hpp"
#include "run/log.hpp"
#include "target/http_client.hpp"
#include "target/target.hpp"

namespace kapacitor::generator {

enum class protocol { influxdb, kapacitor };

/// InfluxDB 1.x, or Kapacitor's write endpoint, or whoever takes the same requests.
class server final : public target {
 public:
  struct settings {
    protocol speaks = protocol::influxdb;
    http_url url;
    std::string database;
    std::string retention_policy;
    std::chrono::nanoseconds timeout = std::chrono::seconds(10);
  };

  /// One subscription of the database and retention policy.
  struct subscription {
    std::string name;
    std::vector<std::string> destinations;
  };

  server(event_loop& loop, settings s);

  /// "InfluxDB at http://…", "Kapacitor at http://…"
  std::string name() const;

  void send(const batch& b, std::function<void(answer)> done) override;
  void cancel() override { client_.close(); }

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
  std::string write_path_;
};

}  // namespace kapacitor::generator
