#pragma once

#include <memory>
#include <string>

#include "base/influxdb/server.hpp"
#include "base/net/event_loop.hpp"
#include "base/text/error.hpp"
#include "base/text/logger.hpp"
#include "run/settings.hpp"
#include "run/targets.hpp"

namespace kapacitor::generator {

/// What has to be so before the first point: a server that answers, a database, subscriptions.
///
/// Why subscriptions: InfluxDB hands Kapacitor only what is written after Kapacitor subscribed, and
/// Kapacitor looks for new databases once a minute. The first points of a new database would never
/// reach a task.
///
/// Errors:  run_ended
/// Threads: one at a time
class preparation {
 public:
  preparation(event_loop& loop, const settings& s, const targets& t, logger& out);

  void run();
  /// InfluxDB only: of a database that is gone, later.
  server_answer create_database() { return influxdb_->create_database(); }
  /// There is nothing to ask for a while.
  void hang_up();
  /// Once there is a database (again).
  void subscribe();

 private:
  void wait_for_server(server& whom);
  void make_database();
  void ask_kapacitor();
  void have_it_subscribe(server& kapacitor);
  void warn_of_doubles();
  void wait_for_anybody();
  bool wait_for(const std::string& prefix, settings::nanoseconds most);
  std::string subscribed_name(const std::string& prefix);
  void pause(settings::nanoseconds duration);
  void check_signals() const;
  void not_subscribed(exit_code code, const std::string& why);

  event_loop& loop_;
  const settings& settings_;
  const targets& targets_;
  std::unique_ptr<server> influxdb_, kapacitor_;  // null: no points go there
  logger& console_;
  int signals_;
};

}  // namespace kapacitor::generator
