#include "functions/windows/window_grid.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace kapacitor::udf::functions {
namespace {

constexpr std::int64_t second = 1'000'000'000;
constexpr std::int64_t least_time = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t most_time = std::numeric_limits<std::int64_t>::max();

std::int64_t floor_of(std::int64_t x, std::int64_t unit) {
  const auto n = x / unit;
  return n * unit > x ? n - 1 : n;
}

std::shared_ptr<const time_zone> utc() {
  static const auto zone = time_zone::named("UTC");
  return zone;
}

}  // namespace

window_grid::window_grid(layout l)
    : length_(l.length.count()),
      offset_(l.offset.count()),
      months_(l.months),
      zone_(l.zone || l.months == 0 ? std::move(l.zone) : utc()),
      by_clock_(zone_ != nullptr) {
  least_number_ = number(least_time);
  most_number_ = number(most_time);
}

/// In seconds.
std::int64_t window_grid::clock_begin(std::int64_t number) const {
  const auto offset = offset_ / second;
  return (months_ == 0 ? number * (length_ / second) : begin_of_month(number * months_)) + offset;
}

std::int64_t window_grid::begin_of(std::int64_t number) const {
  if (!by_clock_) {
    // Unsigned: without the offset it may be before the first time there is.
    using u = std::uint64_t;
    return static_cast<std::int64_t>(static_cast<u>(number) * static_cast<u>(length_) +
                                     static_cast<u>(offset_));
  }
  const auto seconds = zone_->reaches(clock_begin(number));
  std::int64_t begin = 0;
  if (!__builtin_mul_overflow(seconds, second, &begin)) return begin;
  return seconds < 0 ? least_time : most_time;
}

/// By what the clock shows; if the clock was put back, it shows the same again in a later stretch.
std::int64_t window_grid::number_by_clock(std::int64_t time) const {
  const auto clock = zone_->clock_at(floor_of(time, second)) - offset_ / second;
  auto n = months_ == 0 ? floor_of(clock, length_ / second) : floor_of(month_of(clock), months_);
  while (begin_of(n + 1) <= time && begin_of(n + 1) < most_time) ++n;
  return n;
}

/// Clocks were put back and forth by a day at most, and months differ by three days.
std::int64_t window_grid::irregularity() const {
  if (!by_clock_) return 0;
  return 2 +
         (months_ == 0 ? std::chrono::nanoseconds(std::chrono::hours(24)).count() / length_ : 0);
}

namespace {

void check_zone(const alignment_options& o, udf::option_problems& problems) {
  if (time_zone::named(o.time_zone)) return;
  problems.add("timeZone must be a name of the time zone database, such as 'Europe/Berlin', got '" +
               o.time_zone + "'" +
               (time_zone::database_is_there()
                    ? " (a name is a file's in /usr/share/zoneinfo, with its capital letters; "
                      "timedatectl list-timezones shows them)"
                    : " (this machine has no such database: install the package tzdata)"));
}

bool is_whole_seconds(std::chrono::nanoseconds d) {
  return d.count() % second == 0;
}

}  // namespace

void alignment_options::check_alignment(const period& p, udf::option_problems& problems) const {
  const auto longest = p.months > 0 ? std::chrono::hours(24 * 28) : p.every;
  if (offset >= longest) {
    problems.add("offset must be less than " +
                 (p.months > 0 ? "28d" : "every, which is " + to_string(p.every)) + ", got " +
                 to_string(offset));
  }
  if (!time_zone.empty()) check_zone(*this, problems);
  if (time_zone.empty() && p.months == 0) return;
  if (p.months == 0 && p.every < window_grid::least_by_clock) {
    problems.add(
        "every must be at least 1h with a timeZone, got " + to_string(p.every) +
        ": leave timeZone out, shorter windows begin at the same times in nearly all zones");
  }
  if (!is_whole_seconds(p.every) || !is_whole_seconds(offset)) {
    problems.add("every and offset must be whole seconds with timeZone or months, got every " +
                 to_string(p.every) + " and offset " + to_string(offset));
  }
}

window_grid alignment_options::grid_of(const period& p) const {
  return window_grid({.length = p.every,
                      .offset = offset,
                      .months = p.months,
                      .zone = functions::time_zone::named(time_zone)});
}

}  // namespace kapacitor::udf::functions
