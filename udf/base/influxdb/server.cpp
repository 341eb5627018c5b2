#include "base/influxdb/server.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/influxdb/authorization.hpp"
#include "base/influxdb/query.hpp"
#include "base/net/backoff.hpp"
#include "base/text/choice.hpp"
#include "base/text/units.hpp"

namespace kapacitor {
namespace {

using nlohmann::json;

/// The value at `keys` of nested objects; null where there is none.
const json& at(const json& object, std::initializer_list<const char*> keys) {
  static const json none;
  const json* found = &object;
  for (const auto* key : keys) {
    if (!found->is_object() || !found->contains(key)) return none;
    found = &(*found)[key];
  }
  return *found;
}

std::string text_of(const json& value) {
  return value.is_string() ? value.get<std::string>() : "";
}

/// The series of a query's first result.
json series_of(const server_answer& a) {
  const auto body = json::parse(a.message, nullptr, false);
  const auto& results = at(body, {"results"});
  if (!results.is_array() || results.empty()) return json::array();
  const auto& series = at(results[0], {"series"});
  return series.is_array() ? series : json::array();
}

server_answer interrupted() {
  return {0, "interrupted"};
}

server::subscription read_subscription(const json& columns, const json& row, std::string& policy) {
  server::subscription s;
  for (std::size_t i = 0; i < row.size() && i < columns.size(); ++i) {
    if (columns[i] == "retention_policy") policy = text_of(row[i]);
    if (columns[i] == "name") s.name = text_of(row[i]);
    if (columns[i] == "destinations" && row[i].is_array()) {
      for (const auto& to : row[i]) s.destinations.push_back(text_of(to));
    }
  }
  return s;
}

}  // namespace

server::server(event_loop& loop, settings s)
    : loop_(loop), settings_(std::move(s)), client_(loop.io(), settings_.client) {}

std::string server::name() const {
  return (settings_.speaks == protocol::kapacitor ? "Kapacitor at " : "InfluxDB at ") +
         settings_.client.to.text();
}

server_answer server::call(const http_client::request& r) {
  std::optional<server_answer> got;
  const int signals = loop_.signals();
  client_.start(r, [&got](server_answer a) { got = std::move(a); });
  while (!got) {
    if (loop_.signals() != signals) {
      client_.close();
      return interrupted();
    }
    loop_.run_until(steady_time::max());
  }
  return *got;
}

server_answer server::query(const std::string& statement) {
  const auto body = query_body(statement);
  return query_result(call({http_verb::post, "/query", body, query_type}));
}

server_answer server::ping() {
  return call({http_verb::get,
               settings_.speaks == protocol::kapacitor ? "/kapacitor/v1/ping" : "/ping",
               {}});
}

/// Returns: false if a signal came.
bool server::pause(std::chrono::nanoseconds duration) {
  const auto until = std::chrono::steady_clock::now() + duration;
  const int signals = loop_.signals();
  while (loop_.signals() == signals && std::chrono::steady_clock::now() < until) {
    loop_.run_until(until);
  }
  return loop_.signals() == signals;
}

server_answer server::wait_until_up(const waiting& w) {
  const auto start = std::chrono::steady_clock::now();
  const auto passed = [start] { return std::chrono::steady_clock::now() - start; };
  if (is_in_clear(settings_.client.to, settings_.client.authorization)) {
    log_line("user or token go over the network in clear, use https")
        .add("target", name())
        .write(w.log, log_level::warn);
  }
  backoff pauses({std::chrono::milliseconds(100), std::chrono::seconds(1)}, w.seed);
  for (bool said = false;; said = true) {
    const int signals = loop_.signals();
    auto a = ping();
    if (a.status != 0 && said) {
      log_line("answers")
          .add("target", name())
          .add("after", short_duration(passed()))
          .write(w.log, log_level::info);
    }
    if (a.status != 0 || a.untrusted || loop_.signals() != signals || passed() >= w.most) return a;
    if (!said) {
      log_line("no answer yet, waiting")
          .add("target", name())
          .add("at_most", short_duration(w.most))
          .add("error", a.message)
          .write(w.log, log_level::warn);
    }
    if (!pause(pauses.next())) return interrupted();
  }
}

server_answer server::insist(const std::function<server_answer()>& ask, const waiting& w) {
  const auto until = std::chrono::steady_clock::now() + w.most;
  backoff pauses({std::chrono::milliseconds(100), std::chrono::seconds(1)}, w.seed);
  for (bool said = false;; said = true) {
    const int signals = loop_.signals();
    auto a = ask();
    const bool over = loop_.signals() != signals || std::chrono::steady_clock::now() >= until;
    if (a.untrusted || over || judge(a, 1).what != verdict::retry) return a;
    if (!said) {
      log_line("is there, but cannot answer yet, asking again")
          .add("target", name())
          .add("status", a.status)
          .add("error", a.message)
          .write(w.log, log_level::warn);
    }
    if (!pause(pauses.next())) return interrupted();
  }
}

server_answer server::create_database() {
  return query("CREATE DATABASE " + identifier(settings_.database));
}

server_answer server::ensure_database(bool create, log_level told, const log_fn& log) {
  auto found = find_database();
  if (found.status == 200 || found.status == 0 || !create) return found;
  std::vector<std::string> others;
  const bool known = list_databases(others).status == 200;
  auto created = create_database();
  if (created.status != 200 || !known) return created;
  log_line what("database created, as there was none of that name");
  what.add("db", settings_.database).add("others", listed(others));
  if (const auto similar = suggestion(settings_.database, others); !similar.empty()) {
    what.add("hint", similar.substr(similar.find_first_not_of("; ")));
  }
  what.write(log, told);
  return created;
}

server_answer server::find_retention_policy() {
  auto a = query("SHOW RETENTION POLICIES ON " + identifier(settings_.database));
  if (a.status != 200) return a;
  for (const auto& series : series_of(a)) {
    for (const auto& row : at(series, {"values"})) {
      if (!row.empty() && row[0] == settings_.retention_policy) return a;
    }
  }
  return {404, fmt::format("the database {} has no retention policy {}", settings_.database,
                           settings_.retention_policy)};
}

std::string server::subscription_name(const std::string& name) const {
  return fmt::format("{} ON {}.{}", identifier(name), identifier(settings_.database),
                     identifier(settings_.retention_policy));
}

server_answer server::subscribe(const subscription& s) {
  std::string to;
  for (const auto& url : s.destinations) to += (to.empty() ? "'" : ", '") + url + "'";
  return query(
      fmt::format("CREATE SUBSCRIPTION {} DESTINATIONS ALL {}", subscription_name(s.name), to));
}

server_answer server::unsubscribe(const std::string& name) {
  return query("DROP SUBSCRIPTION " + subscription_name(name));
}

server_answer server::list_databases(std::vector<std::string>& found) {
  auto a = query("SHOW DATABASES");
  if (a.status != 200) return a;
  for (const auto& series : series_of(a)) {
    for (const auto& row : at(series, {"values"})) {
      if (!row.empty()) found.push_back(text_of(row[0]));
    }
  }
  return a;
}

server_answer server::find_database() {
  std::vector<std::string> all;
  auto a = list_databases(all);
  if (a.status != 200 || std::find(all.begin(), all.end(), settings_.database) != all.end()) {
    return a;
  }
  return {404, "database not found: \"" + settings_.database + "\""};
}

server_answer server::list_subscriptions(std::vector<subscription>& found) {
  auto a = query("SHOW SUBSCRIPTIONS");
  if (a.status != 200) return a;
  for (const auto& series : series_of(a)) {
    if (at(series, {"name"}) != settings_.database) continue;
    for (const auto& row : at(series, {"values"})) {
      std::string policy;
      auto s = read_subscription(at(series, {"columns"}), row, policy);
      if (policy == settings_.retention_policy) found.push_back(std::move(s));
    }
  }
  return a;
}

bool server::serves(const std::string& subscription_name) {
  const auto a = call({http_verb::get, "/debug/vars", {}});
  const auto vars = json::parse(a.message, nullptr, false);
  if (a.status != 200 || !vars.is_object()) return true;
  for (const auto& entry : vars) {
    const auto& tags = at(entry, {"tags"});
    if (at(entry, {"name"}) == "subscriber" && at(tags, {"database"}) == settings_.database &&
        at(tags, {"retention_policy"}) == settings_.retention_policy &&
        at(tags, {"name"}) == subscription_name) {
      return true;
    }
  }
  return false;
}

server_answer server::sync_subscriptions() {
  return call({http_verb::post, "/kapacitor/v1/subscriptions", {}});
}

}  // namespace kapacitor
