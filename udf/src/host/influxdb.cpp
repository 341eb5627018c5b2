#include "host/influxdb.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text/run_ended.hpp"
#include "host/log.hpp"

namespace kapacitor::udf::host {
namespace {

/// Ends the run unless the answer is good. `what`: cannot be done without it.
void require(const answer& a, const std::string& name, const char* what) {
  if (a.status != 0 && a.status < 300) return;
  if (a.status != 0 || a.untrusted) {
    throw run_ended(4, fmt::format("{}: {}{}", name, what, a.message));
  }
  throw run_ended(3, fmt::format("{} does not answer: {}", name, a.message));
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
    if (loop.signals() > 0) throw run_ended(0, "stopped before the first point");
    require(a, influxdb.name(), what);
  };
  ask(influxdb.wait_until_up({s.patience, 1, log_function()}), "");
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
  log().info("subscribed to {} of {}", s.database, influxdb_.name());
}

subscription::~subscription() {
  try {
    const auto dropped = influxdb_.unsubscribe(name_);
    if (dropped.status == 200) return;
    log().warn("the subscription {} could not be removed: {}; remove it with DROP SUBSCRIPTION",
               name_, dropped.message);
  } catch (const std::exception& e) {
    log().warn("the subscription {} could not be removed: {}", name_, e.what());
  }
}

}  // namespace kapacitor::udf::host
