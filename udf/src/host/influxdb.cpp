#include "host/influxdb.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text/error.hpp"
#include "connect/log.hpp"

namespace kapacitor::udf::host {
namespace {

/// Ends the run unless the answer is good. `what`: cannot be done without it.
void require(const answer& a, const std::string& name, const char* what) {
  if (a.status != 0 && a.status < 300) return;
  if (a.status != 0 || a.untrusted) {
    throw run_ended(exit_code::refused, fmt::format("{}: {}{}", name, what, a.message));
  }
  throw run_ended(exit_code::unreachable, fmt::format("{} does not answer: {}", name, a.message));
}

std::string name_for(const std::string& destination) {
  auto name = "kapacitor-udf-host-" + destination.substr(destination.find("//") + 2);
  std::replace(name.begin(), name.end(), ':', '-');
  return name;
}

}  // namespace

void prepare(const influxdb_settings& s) {
  event_loop loop;
  loop.handle_signals();
  server influxdb(loop, s.instance);
  const auto ask = [&](const answer& a, const char* what) {
    if (loop.signals() > 0) throw run_ended(exit_code::success, "stopped before the first point");
    require(a, influxdb.name(), what);
  };
  ask(influxdb.wait_until_up({s.patience, 1, log().sink().write}), "");
  if (!s.has_databases) return;
  ask(influxdb.ensure_database(true), "cannot create the database: ");
  if (s.instance.retention_policy.empty()) return;
  ask(influxdb.find_retention_policy(), "");
}

subscription::subscription(const server::settings& s, const std::string& destination)
    : influxdb_(loop_, s), name_(name_for(destination)) {
  influxdb_.unsubscribe(name_);
  require(influxdb_.subscribe({name_, {destination}}), influxdb_.name(), "cannot subscribe: ");
  influxdb_.hang_up();
  log().log(log_level::info,
            log_line("subscribed").add("db", s.database).add("influxdb", influxdb_.name()));
}

void subscription::complain(const std::string& why) const {
  log().log(log_level::warn, log_line("the subscription could not be removed: DROP SUBSCRIPTION")
                                 .add("name", name_)
                                 .add("error", why));
}

subscription::~subscription() {
  try {
    const auto dropped = influxdb_.unsubscribe(name_);
    if (dropped.status == 200) return;
    complain(dropped.message);
  } catch (const std::exception& e) {
    complain(e.what());
  }
}

}  // namespace kapacitor::udf::host
