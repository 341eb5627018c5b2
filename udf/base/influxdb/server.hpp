#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/influxdb/http_client.hpp"
#include "base/influxdb/write_path.hpp"
#include "base/net/event_loop.hpp"
#include "base/text/log.hpp"

namespace kapacitor {

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

  /// How long to wait for an answer at all.
  struct waiting {
    std::chrono::nanoseconds most{};
    std::uint64_t seed = 1;  // of the pauses between the tries
    log_fn log;
  };

  server(event_loop& loop, settings s);

  /// "InfluxDB at http://…", "Kapacitor at http://…"
  std::string name() const;

  /// Keeps no connection open until the next question.
  void hang_up() { client_.close(); }

  // What follows waits for the answer. A signal ends the wait: then the answer says "interrupted".

  /// Whether anybody is there: any status but 0 is an answer.
  server_answer ping();
  /// Asks again and again until there is an answer, it is not to be trusted, a signal comes, or the
  /// time has passed. Logs once that it waits, and once what for.
  server_answer wait_until_up(const waiting& w);
  /// Asks, and asks again while the answer is one that passes, such as none or 503, for at most
  /// that long: a server that has just come up answers a ping before it knows its databases.
  server_answer insist(const std::function<server_answer()>& ask, const waiting& w);
  server_answer create_database();
  /// Status 404 if there is none of that name.
  server_answer find_database();
  /// Creates it, if it is missing, and if we may and should. What was created is logged with that
  /// level, beside the others: a name that was mistyped looks like one of them.
  server_answer ensure_database(bool create, log_level told, const log_fn& log);
  /// Status 404 if the database has none of that name.
  server_answer find_retention_policy();
  /// Fills `found`, or answers why it could not.
  server_answer list_subscriptions(std::vector<subscription>& found);
  /// Has everything that is written from now on sent to that URL as well.
  server_answer subscribe(const subscription& s);
  server_answer unsubscribe(const std::string& name);
  /// Whether InfluxDB's subscriber serves one of that name by now; true if it does not tell.
  bool serves(const std::string& subscription_name);
  /// Kapacitor only: makes it subscribe to what it should.
  server_answer sync_subscriptions();

 private:
  server_answer call(const http_client::request& r);
  server_answer query(const std::string& statement);
  server_answer list_databases(std::vector<std::string>& found);
  bool pause(std::chrono::nanoseconds duration);
  std::string subscription_name(const std::string& name) const;

  event_loop& loop_;
  settings settings_;
  http_client client_;
};

}  // namespace kapacitor
