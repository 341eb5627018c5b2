#include "run/summary.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/text/units.hpp"

namespace kapacitor::generator {
namespace {

using json = nlohmann::ordered_json;

double rate(std::uint64_t count, std::chrono::nanoseconds elapsed) {
  const auto seconds = std::chrono::duration<double>(elapsed).count();
  return seconds > 0 ? static_cast<double>(count) / seconds : 0;
}

std::string describe(const char* name, const histogram& h) {
  return fmt::format("\n{} p50 {} p99 {} max {}", name, short_duration(h.quantile(0.5)),
                     short_duration(h.quantile(0.99)), short_duration(h.max()));
}

std::string describe(const leg_tally& leg, std::chrono::nanoseconds elapsed) {
  const auto& p = leg.points;
  auto text = fmt::format("generated {} = accepted {} + rejected {} + dropped {} + unsent {}",
                          p.generated, p.accepted, p.rejected, p.dropped, p.unsent);
  text += fmt::format("\nin {}, {:.1f} accepted points/s, {} requests, {} retries, {} outages",
                      short_duration(elapsed), rate(p.accepted, elapsed), p.requests, p.retries,
                      p.outages);
  if (p.in_doubt > 0) {
    text += fmt::format("\n{} of the unsent points may have been stored: their answer never came",
                        p.in_doubt);
  }
  if (leg.name == "stdout") return text;
  if (leg.service_time.count() > 0) text += describe("answer time", leg.service_time);
  if (leg.time_from_schedule.count() > 0) {
    text += describe("time from schedule to acceptance", leg.time_from_schedule);
  }
  return text;
}

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

std::string to_text(const summary& s) {
  std::string text;
  for (const auto& leg : s.counted.legs) {
    if (!text.empty()) text += '\n';
    if (s.counted.legs.size() > 1) text += leg.name + ":\n";
    text += describe(leg, s.elapsed);
  }
  if (!s.remark.empty()) text += "\n" + s.remark;
  if (s.counted.skipped > 0) text += fmt::format("\n{} ticks missed", s.counted.skipped);
  if (s.counted.lateness.count() > 0) text += describe("lateness", s.counted.lateness);
  return text;
}

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
