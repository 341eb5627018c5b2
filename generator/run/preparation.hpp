#pragma once

#include <stdexcept>
#include <string>

#include "run/console.hpp"
#include "run/event_loop.hpp"
#include "run/settings.hpp"
#include "target/server.hpp"

namespace kapacitor::generator {

/// The run ends here, with that exit code; the text says why, if there is anything to say.
class run_ended : public std::runtime_error {
 public:
  run_ended(int code, const std::string& why) : std::runtime_error(why), code_(code) {}
  int code() const { return code_; }

 private:
  int code_;
};

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
  preparation(event_loop& loop, const settings& s, server& to, console& out);

  void run();
  /// Once there is a database (again).
  void subscribe();

 private:
  void wait_for_server();
  void make_database();
  void ask_kapacitor();
  void wait_for_anybody();
  bool wait_for(const std::string& prefix, settings::nanoseconds most);
  std::string subscribed_name(const std::string& prefix);
  void pause(settings::nanoseconds duration);
  void check_signals() const;
  void not_subscribed(int code, const std::string& why);

  event_loop& loop_;
  const settings& settings_;
  server& server_;
  console& console_;
  int signals_;
};

}  // namespace kapacitor::generator
