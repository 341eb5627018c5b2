#include "run/preparation.hpp"

#include <vector>

#include <fmt/format.h>

#include "base/text/units.hpp"

namespace kapacitor::generator {
namespace {

constexpr auto sync_limit = std::chrono::seconds(10);
constexpr auto poll_pause = std::chrono::milliseconds(100);
constexpr const char* kapacitor_prefix = "kapacitor-";  // of the names of its subscriptions

steady_time now() {
  return std::chrono::steady_clock::now();
}

}  // namespace

preparation::preparation(event_loop& loop, const settings& s, const targets& t, logger& out)
    : loop_(loop), settings_(s), targets_(t), console_(out), signals_(loop.signals()) {
  if (s.to != destination::kapacitor) influxdb_ = t.influxdb(loop);
  if (s.to != destination::influxdb) kapacitor_ = t.kapacitor(loop);
}

void preparation::check_signals() const {
  if (loop_.signals() != signals_)
    throw run_ended(exit_code::success, "stopped before the first point");
}

void preparation::pause(settings::nanoseconds duration) {
  const auto until = now() + duration;
  while (now() < until) {
    check_signals();
    loop_.run_until(until);
  }
}

void preparation::run() {
  if (influxdb_) wait_for_server(*influxdb_);
  if (kapacitor_) wait_for_server(*kapacitor_);
  // InfluxDB 2 has neither databases nor subscriptions.
  if (!influxdb_ || settings_.api == api_version::v2) return;
  make_database();
  subscribe();
}

void preparation::hang_up() {
  if (influxdb_) influxdb_->hang_up();
  if (kapacitor_) kapacitor_->hang_up();
}

void preparation::wait_for_server(server& whom) {
  const auto a = whom.wait_until_up(
      {settings_.connect_timeout, settings_.seed.value_or(1),
       [this](log_level level, std::string_view text) { console_.log(level, text); }});
  check_signals();
  if (a.untrusted)
    throw run_ended(exit_code::refused, fmt::format("{}: {}", whom.name(), a.message));
  if (a.status != 0) return;
  throw run_ended(exit_code::unreachable,
                  fmt::format("{} does not answer: {}", whom.name(), a.message));
}

void preparation::make_database() {
  const auto log = [this](log_level level, std::string_view text) { console_.log(level, text); };
  const auto a = influxdb_->insist(
      [&] { return influxdb_->ensure_database(settings_.create_database, log_level::info, log); },
      {settings_.connect_timeout, settings_.seed.value_or(1), log});
  check_signals();
  if (a.status == 200) return;
  throw run_ended(
      a.status == 0 ? exit_code::unreachable : exit_code::refused,
      fmt::format("{}: database {}: {}{}", influxdb_->name(), settings_.database,
                  a.status >= 401 && a.status <= 403 ? std::to_string(a.status) + " " : "",
                  a.message));
}

void preparation::subscribe() {
  // Who gets the points from us needs no subscription.
  const bool gets_them = settings_.to == destination::both;
  if (gets_them && settings_.subscribe != subscribe_mode::require) {
    warn_of_doubles();
  } else if (settings_.subscribe != subscribe_mode::off) {
    ask_kapacitor();
  }
  if (settings_.wait_for_subscription.count() > 0) wait_for_anybody();
}

void preparation::warn_of_doubles() {
  const auto name = subscribed_name(kapacitor_prefix);
  check_signals();
  if (name.empty()) return;
  console_.log(log_level::warn, log_line("subscribed as well, its tasks see each point twice")
                                    .add("db", settings_.database)
                                    .add("rp", settings_.retention_policy)
                                    .add("subscription", name));
}

void preparation::not_subscribed(exit_code code, const std::string& why) {
  if (settings_.subscribe == subscribe_mode::require) throw run_ended(code, why);
  console_.log(code == exit_code::unreachable ? log_level::info : log_level::warn,
               log_line("not subscribed").add("error", why));
}

void preparation::ask_kapacitor() {
  const auto kapacitor = targets_.subscriber(loop_);
  const auto there = kapacitor->ping();
  check_signals();
  if (there.status != 204) {
    const auto why = there.status == 0 ? there.message : fmt::format("status {}", there.status);
    return not_subscribed(
        exit_code::unreachable,
        fmt::format("no {} ({}): nobody is asked to subscribe", kapacitor->name(), why));
  }
  have_it_subscribe(*kapacitor);
}

void preparation::have_it_subscribe(server& kapacitor) {
  const auto a = kapacitor.sync_subscriptions();
  check_signals();
  const auto where = fmt::format("{}.{}", settings_.database, settings_.retention_policy);
  if (a.status != 204) {
    return not_subscribed(exit_code::refused,
                          fmt::format("{} cannot subscribe to {}: {} {}", kapacitor.name(), where,
                                      a.status, a.message));
  }
  if (wait_for(kapacitor_prefix, sync_limit)) return;
  not_subscribed(
      exit_code::refused,
      fmt::format("{} has not subscribed to {} at {} within {}: its tasks will not see "
                  "these points",
                  kapacitor.name(), where, influxdb_->name(), short_duration(sync_limit)));
}

void preparation::wait_for_anybody() {
  if (wait_for("", settings_.wait_for_subscription)) return;
  throw run_ended(
      exit_code::unreachable,
      fmt::format("nobody has subscribed to {}.{} within {}", settings_.database,
                  settings_.retention_policy, short_duration(settings_.wait_for_subscription)));
}

std::string preparation::subscribed_name(const std::string& prefix) {
  std::vector<server::subscription> found;
  influxdb_->list_subscriptions(found);
  for (const auto& s : found) {
    if (!s.name.starts_with(prefix) || !influxdb_->serves(s.name)) continue;
    const auto to = s.destinations.empty() ? std::string() : " (to " + s.destinations[0] + ")";
    return s.name + to;
  }
  return {};
}

bool preparation::wait_for(const std::string& prefix, settings::nanoseconds most) {
  for (const auto limit = now() + most;;) {
    const auto name = subscribed_name(prefix);
    check_signals();
    if (!name.empty()) {
      console_.log(log_level::info, log_line("subscribed")
                                        .add("db", settings_.database)
                                        .add("rp", settings_.retention_policy)
                                        .add("subscription", name));
      return true;
    }
    if (now() >= limit) return false;
    pause(poll_pause);
  }
}

}  // namespace kapacitor::generator
