#include "base/influxdb/server.hpp"

#include <optional>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace kapacitor::inline base {
namespace {

using nlohmann::json;

/// For InfluxQL: a name in double quotes.
std::string identifier(std::string_view name) {
  std::string quoted = "\"";
  for (const char c : name) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

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
json series_of(const answer& a) {
  const auto body = json::parse(a.message, nullptr, false);
  const auto& results = at(body, {"results"});
  if (!results.is_array() || results.empty()) return json::array();
  const auto& series = at(results[0], {"series"});
  return series.is_array() ? series : json::array();
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

answer server::call(const http_client::request& r) {
  std::optional<answer> got;
  const int signals = loop_.signals();
  client_.start(r, [&got](answer a) { got = std::move(a); });
  while (!got) {
    if (loop_.signals() != signals) {
      client_.close();
      return {0, "interrupted"};
    }
    loop_.run_until(steady_time::max());
  }
  return *got;
}

answer server::query(const std::string& statement) {
  const auto body = "q=" + percent_encoded(statement);
  auto a = call({true, "/query", body, "application/x-www-form-urlencoded"});
  if (a.status != 200) return a;
  // A statement that fails is told within an answer of 200.
  const auto parsed = json::parse(a.message, nullptr, false);
  const auto& results = at(parsed, {"results"});
  if (results.is_array() && !results.empty() && results[0].contains("error")) {
    return {400, text_of(results[0]["error"])};
  }
  return a;
}

answer server::ping() {
  return call(
      {false, settings_.speaks == protocol::kapacitor ? "/kapacitor/v1/ping" : "/ping", {}});
}

answer server::create_database() {
  return query("CREATE DATABASE " + identifier(settings_.database));
}

answer server::find_database() {
  auto a = query("SHOW DATABASES");
  if (a.status != 200) return a;
  for (const auto& series : series_of(a)) {
    for (const auto& row : at(series, {"values"})) {
      if (!row.empty() && row[0] == settings_.database) return a;
    }
  }
  return {404, "database not found: \"" + settings_.database + "\""};
}

answer server::list_subscriptions(std::vector<subscription>& found) {
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
  const auto a = call({false, "/debug/vars", {}});
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

answer server::sync_subscriptions() {
  return call({true, "/kapacitor/v1/subscriptions", {}});
}

}  // namespace kapacitor::inline base
