#include "host/time_check.hpp"

#include <algorithm>
#include <bit>
#include <chrono>

#include "base/numbers/saturated.hpp"
#include "base/text/time_text.hpp"
#include "base/text/units.hpp"
#include "connect/log.hpp"
#include "host/line_points.hpp"

namespace kapacitor::udf::host {
namespace {

/// As far as clocks may be apart.
constexpr std::int64_t margin = 60'000'000'000;  // ns

}  // namespace

void time_check::judge(std::int64_t time) {
  if (time > latest_) {
    const auto now = wall_time();
    latest_ = saturated_add(now, margin);
    if (time > latest_) judge_future(time, saturated_sub(time, now));
  }
  if (time >= earliest_ || time <= -earliest_) return;
  if (++counts_.of_1970 > 1) return;
  log_line("time of 1970, is --precision missing?")
      .add("time", time_to_text(time))
      .write(log().sink(), log_level::warn);
}

void time_check::judge_future(std::int64_t time, std::int64_t ahead) {
  counts_.furthest_ahead = std::max(counts_.furthest_ahead, ahead);
  if (!std::has_single_bit(++counts_.in_future)) return;
  log_line("time in the future")
      .add("time", time_to_text(time))
      .add("ahead", short_duration(std::chrono::nanoseconds(ahead)))
      .add("points", counts_.in_future)
      .write(log().sink(), log_level::warn);
}

}  // namespace kapacitor::udf::host
