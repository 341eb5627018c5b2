#include "base/text/time_text.hpp"

#include <charconv>
#include <chrono>

#include <fmt/format.h>

#include "base/text/date_text.hpp"
#include "base/text/error.hpp"
#include "base/text/quote.hpp"
#include "base/text/taker.hpp"
#include "base/text/units.hpp"

namespace kapacitor {
namespace {

constexpr std::int64_t billion = 1'000'000'000;

std::optional<std::int64_t> read_count(std::string_view text, std::int64_t unit) {
  std::int64_t count = 0;
  const auto* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, count);
  if (error != std::errc{}) return std::nullopt;
  if (end == last) return stored_time(count, unit, 0);
  taker t({end, static_cast<std::size_t>(last - end)});
  t.one(".");
  const auto fraction = t.fraction(unit);
  if (!t.done()) return std::nullopt;
  return stored_time(count, unit, text.front() == '-' ? -fraction : fraction);
}

/// As a cell of a spreadsheet that is no date to it, or to whoever saved it: 45413.5.
std::optional<std::int64_t> read_serial_date(std::string_view text) {
  // Before, days are counted from 1899-12-31: the 29th of February 1900, which never was, is one.
  constexpr std::int64_t first = 61, last = 2'958'465, day_1970 = 25'569, ms = 86'400'000;
  std::int64_t days = 0;
  const auto* const end_of_text = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), end_of_text, days);
  if (error != std::errc{} || days < first || days > last) return std::nullopt;
  std::int64_t rest = 0;  // of the day, ms
  if (end != end_of_text) {
    taker t({end, static_cast<std::size_t>(end_of_text - end)});
    t.one(".,");
    constexpr std::int64_t part = 1'000'000'000'000;  // digits beyond are less than a ms
    rest = (t.fraction(part) * (ms / 1000) + part / 2000) / (part / 1000);
    if (!t.done()) return std::nullopt;
  }
  return stored_time((days - day_1970) * ms + rest, 1'000'000, 0);
}

}  // namespace

std::optional<std::int64_t> stored_time(std::int64_t count, std::int64_t unit, std::int64_t rest) {
  std::int64_t ns = 0;
  if (__builtin_mul_overflow(count, unit, &ns) || __builtin_add_overflow(ns, rest, &ns)) {
    return std::nullopt;
  }
  if (ns < first_stored_time || ns > last_stored_time) return std::nullopt;
  return ns;
}

std::optional<std::int64_t> read_time(std::string_view text, time_format format) {
  switch (format) {
    case time_format::automatic:
    case time_format::date:
      return read_date(text, date_order::year_first);
    case time_format::day_first:
      return read_date(text, date_order::day_first);
    case time_format::month_first:
      return read_date(text, date_order::month_first);
    case time_format::excel:
      return read_serial_date(text);
    case time_format::s:
      return read_count(text, billion);
    case time_format::ms:
      return read_count(text, 1'000'000);
    case time_format::us:
      return read_count(text, 1'000);
    case time_format::ns:
      return read_count(text, 1);
  }
  return std::nullopt;
}

std::int64_t parse_time(std::string_view text) {
  const auto time = read_time(text, time_format::date);
  if (!time) throw usage_error(in_quotes(text) + " is no time: write 2024-05-01T12:00:00Z");
  return *time;
}

moment parse_moment(std::string_view text) {
  if (text == "now") return {true, 0};
  const int sign = text.starts_with('-') ? -1 : text.starts_with('+') ? 1 : 0;
  const auto distance = sign == 0 ? std::nullopt : read_duration(text.substr(1));
  if (distance && distance->count() >= 0) return {true, sign * distance->count()};
  if (const auto time = read_time(text, time_format::date)) return {false, *time};
  throw usage_error(in_quotes(text) + " is no time: write now, -1h, +30m or 2024-05-01T12:00:00Z");
}

std::string rfc3339(std::int64_t ns) {
  using namespace std::chrono;
  // By seconds: the first day is not whole in ns.
  const sys_time<seconds> time{floor<seconds>(nanoseconds(ns))};
  const auto date = floor<days>(time);
  const year_month_day ymd(date);
  const hh_mm_ss<seconds> clock(time - date);
  const auto fraction = (ns % billion + billion) % billion;
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:09}Z", static_cast<int>(ymd.year()),
                     static_cast<unsigned>(ymd.month()), static_cast<unsigned>(ymd.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                     fraction);
}

std::string time_to_text(std::int64_t ns) {
  auto text = rfc3339(ns);
  text.pop_back();
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text + 'Z';
}

}  // namespace kapacitor
