#include "run/summary.hpp"

#include <fmt/format.h>

#include "base/text/units.hpp"

namespace kapacitor::generator {
namespace {

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

}  // namespace kapacitor::generator
