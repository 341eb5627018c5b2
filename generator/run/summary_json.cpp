#include <string>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "run/summary.hpp"

namespace kapacitor::generator {
namespace {

using json = nlohmann::ordered_json;

json quantiles(const histogram& h) {
  return {{"count", h.count()},
          {"p50", h.quantile(0.5).count()},
          {"p90", h.quantile(0.9).count()},
          {"p99", h.quantile(0.99).count()},
          {"p999", h.quantile(0.999).count()},
          {"max", h.max().count()}};
}

json statuses(const account& p) {
  auto counts = json::object();
  for (const auto& [status, count] : p.by_status) {
    counts[status == 0 ? "none" : std::to_string(status)] = count;
  }
  return counts;
}

json to_object(const leg_tally& leg, double seconds) {
  const auto& p = leg.points;
  return {{"target", leg.name},
          {"generated", p.generated},
          {"accepted", p.accepted},
          {"rejected", p.rejected},
          {"dropped", p.dropped},
          {"unsent", p.unsent},
          {"in_doubt", p.in_doubt},
          {"bytes", p.bytes},
          {"wire_bytes", p.wire_bytes},
          {"requests", p.requests},
          {"requests_by_status", statuses(p)},
          {"retries", p.retries},
          {"resent", p.resent},
          {"reconnects", p.reconnects},
          {"outages", p.outages},
          {"accepted_per_second", seconds > 0 ? static_cast<double>(p.accepted) / seconds : 0},
          {"answer_time_ns", quantiles(leg.service_time)},
          {"time_from_schedule_ns", quantiles(leg.time_from_schedule)}};
}

}  // namespace

std::string to_json(const summary& s) {
  const auto seconds = std::chrono::duration<double>(s.elapsed).count();
  json j{{"version", KAPACITOR_UDF_VERSION}, {"scenario", s.scenario}, {"seed", s.seed},
         {"connections", s.connections},     {"threads", s.threads},   {"seconds", seconds}};
  auto accounts = json::array();
  for (const auto& leg : s.counted.legs) accounts.push_back(to_object(leg, seconds));
  if (accounts.size() == 1) j.update(accounts[0]);
  j["accounts"] = std::move(accounts);
  if (!s.remark.empty()) j["remark"] = s.remark;
  j["ticks_skipped"] = s.counted.skipped;
  j["labels"] = s.labels;
  j["lateness_ns"] = quantiles(s.counted.lateness);
  j["exit_code"] = s.exit_code;
  if (!s.error.empty()) j["error"] = s.error;
  return j.dump(2, ' ', false, json::error_handler_t::replace);
}

}  // namespace kapacitor::generator
