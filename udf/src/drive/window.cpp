#include "drive/window.hpp"

#include <chrono>
#include <limits>

#include "base/numbers/saturated.hpp"
#include "base/text/units.hpp"

namespace kapacitor::udf::host {
namespace {

// (a * b) % m, where a * b may exceed 64 bits.
std::int64_t multiplied_modulo(std::int64_t a, std::int64_t b, std::int64_t m) {
  std::int64_t sum = 0;
  for (; b > 0; b >>= 1) {
    if (b & 1) sum = sum >= m - a ? sum - (m - a) : sum + a;
    a = a >= m - a ? a - (m - a) : a + a;
  }
  return sum;
}

// Down to a whole multiple of `every`, counted from the year 1, as Kapacitor's Go counts.
std::int64_t truncated(std::int64_t time, std::int64_t every) {
  if (every == 0) return time;
  // The year 1 is further away than 64 bits of ns reach: its remainder has to do.
  constexpr std::int64_t from_year_1_to_1970 = 62'135'596'800;  // s
  const auto second = 1'000'000'000 % every;
  const auto offset = multiplied_modulo(from_year_1_to_1970 % every, second, every);
  // Each is below `every`, but the sum of two may be beyond 64 bits.
  const auto remainder = time % every < 0 ? time % every + every : time % every;
  const auto over = remainder >= every - offset ? remainder - (every - offset) : remainder + offset;
  return saturated_sub(time, over);
}

struct two_parts {
  std::string_view period, every;
};
two_parts split(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return {text, text};
  return {text.substr(0, slash), text.substr(slash + 1)};
}

std::int64_t first_emit(const window_settings& s, std::int64_t first_time) {
  if (s.by == window_settings::unit::count) return s.fill_period ? s.period : s.every;
  const auto due = saturated_add(first_time, s.fill_period ? s.period : s.every);
  if (!s.align) return due;
  const auto aligned = truncated(due, s.every);
  // A period that is not whole does not count as filled: the first few points are dropped.
  return s.fill_period && aligned <= due ? saturated_add(aligned, s.every) : aligned;
}

}  // namespace

window_settings parse_time_window(std::string_view text) {
  const auto [period, every] = split(text);
  window_settings s;
  s.by = window_settings::unit::time;
  s.period = parse_duration(period, std::chrono::nanoseconds(1)).count();
  s.every = parse_duration(every).count();
  return s;
}

window_settings parse_count_window(std::string_view text) {
  constexpr count_bounds points{1, std::numeric_limits<std::int64_t>::max()};
  const auto [period, every] = split(text);
  window_settings s;
  s.by = window_settings::unit::count;
  s.period = static_cast<std::int64_t>(parse_count(period, points));
  s.every = static_cast<std::int64_t>(parse_count(every, points));
  return s;
}

window::window(const window_settings& settings, std::int64_t first_time)
    : settings_(settings), next_emit_(first_emit(settings, first_time)) {}

void window::add(std::int64_t time, std::string_view frame, const send_fn& send) {
  if (settings_.by == window_settings::unit::count) return add_counted(time, frame, send);
  if (settings_.every == 0) {
    // A batch at each point holds that point: the window is (time - period, time].
    keep(time, frame);
    if (time < next_emit_) return;
    purge(saturated_add(saturated_sub(time, settings_.period), 1));
    emit(time, send);
    next_emit_ = time;
    return;
  }
  // More points may come with the time of this one: the window is [tmax - period, tmax).
  if (time >= next_emit_) {
    purge(saturated_sub(next_emit_, settings_.period));
    emit(next_emit_, send);
    next_emit_ = saturated_add(time, settings_.every);
    if (settings_.align) next_emit_ = truncated(next_emit_, settings_.every);
  }
  keep(time, frame);
}

void window::add_counted(std::int64_t time, std::string_view frame, const send_fn& send) {
  keep(time, frame);
  if (kept_.size() > static_cast<std::size_t>(settings_.period)) kept_.pop_front();
  if (++count_ != next_emit_) return;
  next_emit_ = saturated_add(next_emit_, settings_.every);
  emit(time, send);
}

void window::emit(std::int64_t tmax, const send_fn& send) {
  send(tmax, kept_);
  waiting_ = 0;
}

void window::keep(std::int64_t time, std::string_view frame) {
  kept_.push_back({time, std::string(frame)});
  ++waiting_;
}

void window::purge(std::int64_t oldest) {
  while (!kept_.empty() && kept_.front().time < oldest) kept_.pop_front();
}

}  // namespace kapacitor::udf::host
