#include "host/influxdb.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "base/influxdb/url.hpp"
#include "base/net/probe.hpp"
#include "base/text/error.hpp"
#include "connect/log.hpp"

namespace kapacitor::udf::host {
namespace {

/// Ends the run unless the answer is good. `what`: cannot be done without it.
void require(const server_answer& a, const std::string& name, const char* what) {
  if (a.status != 0 && a.status < 300) return;
  if (a.status != 0 || a.untrusted) {
    throw run_ended(exit_code::refused, fmt::format("{}: {}{}", name, what, a.message));
  }
  throw run_ended(exit_code::unreachable, fmt::format("{} does not answer: {}", name, a.message));
}

constexpr auto our_prefix = "kapacitor-udf-host-";

std::string name_for(const std::string& destination) {
  auto name = our_prefix + destination.substr(destination.find("//") + 2);
  std::replace(name.begin(), name.end(), ':', '-');
  return name;
}

}  // namespace

void prepare(const influxdb_settings& s) {
  event_loop loop;
  loop.handle_signals();
  server influxdb(loop, s.instance);
  const auto ask = [&](const server_answer& a, const char* what) {
    if (loop.signals() > 0) throw run_ended(exit_code::success, "stopped before the first point");
    require(a, influxdb.name(), what);
  };
  ask(influxdb.wait_until_up({s.patience, 1, log().sink().write}), "");
  if (!s.has_databases) return;
  const auto told = s.is_source ? log_level::warn : log_level::info;
  const server::waiting waiting{s.patience, 1, log().sink().write};
  ask(influxdb.insist([&] { return influxdb.ensure_database(true, told, waiting.log); }, waiting),
      "cannot create the database: ");
  if (s.instance.retention_policy.empty()) return;
  ask(influxdb.insist([&] { return influxdb.find_retention_policy(); }, waiting), "");
}

subscription::subscription(const server::settings& s, const std::string& destination)
    : influxdb_(loop_, s), name_(name_for(destination)) {
  remove_abandoned(parse_url(destination, "--listen"), s.client.to);
  influxdb_.unsubscribe(name_);
  const server::waiting waiting{std::chrono::seconds(5), 1, log().sink().write};
  require(influxdb_.insist(
              [&] {
                return influxdb_.subscribe({name_, {destination}});
              },
              waiting),
          influxdb_.name(), "cannot subscribe: ");
  influxdb_.hang_up();
  log().log(log_level::info,
            log_line("subscribed").add("db", s.database).add("influxdb", influxdb_.name()));
}

// A program that was killed leaves its subscription behind, and with --listen HOST:0 nobody takes
// its port again: InfluxDB would try to forward to it for ever.
void subscription::remove_abandoned(const address& ours, const address& influxdb) {
  std::vector<server::subscription> all;
  influxdb_.list_subscriptions(all);
  for (const auto& s : all) {
    if (!s.name.starts_with(our_prefix) || s.name == name_ || s.destinations.size() != 1) continue;
    const auto to = parse_url(s.destinations[0], "the subscription");
    // A loopback address is that of InfluxDB's machine, which must be ours.
    const bool here = to.host == ours.host && (!to.is_local() || influxdb.is_local());
    if (!here || !nobody_listens(to.host, to.port) || influxdb_.unsubscribe(s.name).status != 200)
      continue;
    log_line("removed a subscription that was left behind, nobody listens there")
        .add("name", s.name)
        .add("destination", s.destinations[0])
        .write(log().sink(), log_level::warn);
  }
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
