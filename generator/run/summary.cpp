#include "run/summary.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "run/units.hpp"

namespace kapacitor::generator {
namespace {

double rate(std::uint64_t count, std::chrono::nanoseconds elapsed) {
  const auto seconds = std::chrono::duration<double>(elapsed).count();
  return seconds > 0 ? static_cast<double>(count) / seconds : 0;
}

std::string describe(const char* name, const histogram& h) {
  return fmt::format("{} p50 {} p99 {} max {}", name, short_duration(h.quantile(0.5)),
                     short_duration(h.quantile(0.99)), short_duration(h.max()));
}

nlohmann::ordered_json quantiles(const histogram& h) {
  return {{"count", h.count()},
          {"p50", h.quantile(0.5).count()},
          {"p90", h.quantile(0.9).count()},
          {"p99", h.quantile(0.99).count()},
          {"p999", h.quantile(0.999).count()},
          {"max", h.max().count()}};
}

}  // namespace

std::string to_text(const summary& s) {
  const auto& p = s.points;
  auto text = fmt::format("generated {} = accepted {} + rejected {} + dropped {} + unsent {}",
                          p.generated, p.accepted, p.rejected, p.dropped, p.unsent);
  text += fmt::format("\nin {}, {:.1f} accepted points/s, {} requests, {} retries, {} outages",
                      short_duration(s.elapsed), rate(p.accepted, s.elapsed), p.requests, p.retries,
                      p.outages);
  if (p.in_doubt > 0) {
    text += fmt::format("\n{} of the unsent points may have been stored: their answer never came",
                        p.in_doubt);
  }
  if (s.ticks_skipped > 0) text += fmt::format("\n{} ticks missed", s.ticks_skipped);
  if (s.lateness.count() > 0) text += "\n" + describe("lateness", s.lateness);
  if (s.target == "stdout") return text;
  if (s.service_time.count() > 0) text += "\n" + describe("answer time", s.service_time);
  if (s.time_from_schedule.count() > 0) {
    text += "\n" + describe("time from schedule to acceptance", s.time_from_schedule);
  }
  return text;
}

std::string to_json(const summary& s) {
  const auto& p = s.points;
  nlohmann::ordered_json j{{"version", KAPACITOR_UDF_VERSION},
                           {"scenario", s.scenario},
                           {"seed", s.seed},
                           {"target", s.target},
                           {"generated", p.generated},
                           {"accepted", p.accepted},
                           {"rejected", p.rejected},
                           {"dropped", p.dropped},
                           {"unsent", p.unsent},
                           {"in_doubt", p.in_doubt},
                           {"bytes", p.bytes},
                           {"requests", p.requests},
                           {"retries", p.retries},
                           {"resent", p.resent},
                           {"outages", p.outages},
                           {"ticks_skipped", s.ticks_skipped},
                           {"labels", s.labels}};
  j["seconds"] = std::chrono::duration<double>(s.elapsed).count();
  j["accepted_per_second"] = rate(p.accepted, s.elapsed);
  j["lateness_ns"] = quantiles(s.lateness);
  j["answer_time_ns"] = quantiles(s.service_time);
  j["time_from_schedule_ns"] = quantiles(s.time_from_schedule);
  j["exit_code"] = s.exit_code;
  if (!s.error.empty()) j["error"] = s.error;
  return j.dump(2, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace kapacitor::generator
