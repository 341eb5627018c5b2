#include "host/influx_admin.hpp"

#include <algorithm>
#include <thread>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "host/http_client.hpp"
#include "host/log.hpp"
#include "host/usage_error.hpp"

namespace kapacitor::udf::host {
namespace {

std::string identifier(std::string_view name) {
  std::string out = "\"";
  for (const char c : name) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

struct answer {
  std::string error;    // empty: fine
  bool silent = false;  // nobody answered
  nlohmann::json result;
};

answer query(const url& influxdb, const std::string& text) {
  http_request request;
  request.target = "/query?q=" + percent_encoded(text);
  const auto reply = post_now(influxdb, request);
  if (!reply.failure.empty()) return {reply.failure, true, {}};
  const auto json = nlohmann::json::parse(reply.body, nullptr, false);
  const auto failed = nlohmann::json::json_pointer("/results/0/error");
  if (reply.status != 200 || !json.is_object()) return {reply.message(), false, {}};
  if (json.contains(failed)) return {json.at(failed).get<std::string>(), false, {}};
  return {"", false, json.value(nlohmann::json::json_pointer("/results/0"), nlohmann::json())};
}

answer patient_query(const url& influxdb, const std::string& text,
                     std::chrono::nanoseconds patience) {
  const auto end = std::chrono::steady_clock::now() + patience;
  bool said = false;
  for (;;) {
    auto got = query(influxdb, text);
    if (!got.silent || std::chrono::steady_clock::now() >= end) return got;
    if (!said) log().warn("waiting for InfluxDB at {}: {}", influxdb.shown(), got.error);
    said = true;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
}

void expect_success(const answer& a, const url& influxdb, const char* what) {
  if (a.error.empty()) return;
  throw start_error(fmt::format("InfluxDB at {}: {}: {}", influxdb.shown(), what, a.error));
}

bool has_policy(const nlohmann::json& result, const std::string& name) {
  const auto rows =
      result.value(nlohmann::json::json_pointer("/series/0/values"), nlohmann::json::array());
  return std::any_of(rows.begin(), rows.end(), [&](const auto& row) { return row[0] == name; });
}

}  // namespace

void ensure_database(const url& influxdb, const std::string& database,
                     const std::string& retention_policy, std::chrono::nanoseconds patience) {
  expect_success(patient_query(influxdb, "CREATE DATABASE " + identifier(database), patience),
                 influxdb, "cannot create the database");
  if (retention_policy.empty()) return;
  const auto policies = query(influxdb, "SHOW RETENTION POLICIES ON " + identifier(database));
  expect_success(policies, influxdb, "cannot list retention policies");
  if (!has_policy(policies.result, retention_policy)) {
    throw start_error(fmt::format("InfluxDB at {}: the database {} has no retention policy {}",
                                  influxdb.shown(), database, retention_policy));
  }
}

subscription::subscription(const subscription_settings& s) : settings_(s) {
  auto own = "kapacitor-udf-host-" + s.destination.substr(s.destination.find("//") + 2);
  std::replace(own.begin(), own.end(), ':', '-');
  name_ = fmt::format("{} ON {}.{}", identifier(own), identifier(s.database),
                      identifier(s.retention_policy));
  query(s.influxdb, "DROP SUBSCRIPTION " + name_);
  const auto text =
      fmt::format("CREATE SUBSCRIPTION {} DESTINATIONS ALL '{}'", name_, s.destination);
  expect_success(query(s.influxdb, text), s.influxdb, "cannot subscribe");
  log().info("subscribed to {} of InfluxDB at {}", s.database, s.influxdb.shown());
}

subscription::~subscription() {
  try {
    const auto dropped = query(settings_.influxdb, "DROP SUBSCRIPTION " + name_);
    if (dropped.error.empty()) return;
    log().warn("the subscription could not be removed: {}; remove it with DROP SUBSCRIPTION {}",
               dropped.error, name_);
  } catch (const std::exception& e) {
    log().warn("the subscription could not be removed: {}", e.what());
  }
}

}  // namespace kapacitor::udf::host
