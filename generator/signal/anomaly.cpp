#include "signal/anomaly.hpp"

#include <algorithm>
#include <cmath>

#include "base/numbers/saturated.hpp"
#include "signal/math.hpp"

namespace kapacitor::generator {
namespace {

// How many random numbers one anomaly takes.
constexpr std::int64_t draws = 4;
enum draw : std::int64_t { of_start = 0, of_duration = 1, of_magnitude = 2, of_sign = 3 };

constexpr double longest_wait = 4e18;  // ticks

}  // namespace

bool is_of_transport(anomaly_kind kind) noexcept {
  return kind == anomaly_kind::dropout || kind == anomaly_kind::late ||
         kind == anomaly_kind::duplicate;
}

bool is_of_period(anomaly_kind kind) noexcept {
  return kind == anomaly_kind::frequency || kind == anomaly_kind::amplitude ||
         kind == anomaly_kind::phase || kind == anomaly_kind::pattern;
}

anomaly_plan::anomaly_plan(const anomaly_schedule& schedule, const random_stream& random,
                           double interval, std::int64_t first_tick)
    : schedule_(&schedule), random_(random), interval_(interval) {
  current_.last = first_tick - 1;
  --number_;
  advance();
}

std::int64_t anomaly_plan::ticks_in(nanoseconds duration) const {
  const double ticks = std::chrono::duration<double>(duration).count() / interval_;
  return static_cast<std::int64_t>(std::min(ticks, longest_wait));
}

/// The first tick of the next one: the one before ended just before `from`.
std::int64_t anomaly_plan::next_start(std::int64_t from) {
  const auto& s = *schedule_;
  if (!s.at.empty()) {
    if (next_at_ == s.at.size()) return never;
    const double ticks = std::chrono::duration<double>(s.at[next_at_++]).count() / interval_;
    return static_cast<std::int64_t>(std::min(std::ceil(ticks), longest_wait));
  }
  if (s.every.count() > 0) {
    const auto period = std::max<std::int64_t>(1, ticks_in(s.every));
    return saturated_mul(from / period + 1, period);
  }
  const double chance = natural_log(random_.uniform(number_ * draws + of_start));
  // Without memory: in time for poisson, in ticks for a fraction of them.
  const double wait = s.poisson.count() > 0
                          ? -chance * std::chrono::duration<double>(s.poisson).count() / interval_
                      : s.fraction < 1 ? chance / natural_log(1 - s.fraction)
                                       : 0;
  return saturated_add(from, static_cast<std::int64_t>(std::min(wait, longest_wait)));
}

void anomaly_plan::advance() {
  const auto from = current_.last + 1;
  ++number_;
  current_.first = next_start(from);
  if (current_.first == never) {
    current_.last = never;
    return;
  }
  const auto& s = *schedule_;
  const auto draw = [this](std::int64_t what) { return random_.uniform(number_ * draws + what); };
  const auto least = std::max<std::int64_t>(1, ticks_in(s.duration.least));
  const auto most = std::max(least, ticks_in(s.duration.most));
  const auto length =
      least + static_cast<std::int64_t>(draw(of_duration) * static_cast<double>(most - least + 1));
  const double size =
      s.magnitude.least + (s.magnitude.most - s.magnitude.least) * draw(of_magnitude);
  const bool down =
      s.sign == direction::down || (s.sign == direction::random && draw(of_sign) < 0.5);
  current_ = {current_.first, current_.first + length - 1, down && size > 0 ? -size : size};
  put_off(from);
}

void anomaly_plan::put_off(std::int64_t until) {
  if (current_.first >= until || current_.first == never) return;
  current_.last += until - current_.first;
  current_.first = until;
}

}  // namespace kapacitor::generator
