#include "base/text/date_text.hpp"

#include <chrono>

#include "base/text/taker.hpp"
#include "base/text/time_text.hpp"

namespace kapacitor {
namespace {

constexpr std::int64_t ns_per_second = 1'000'000'000;

std::chrono::year_month_day take_date(taker& t, date_order order) {
  using namespace std::chrono;
  if (order == date_order::year_first) {
    const year y(t.digits(4));
    const char mark[] = {t.one("-/"), '\0'};
    const month m(static_cast<unsigned>(t.digits(2)));
    t.one(mark);
    return {y, m, day(static_cast<unsigned>(t.digits(2)))};
  }
  const auto a = static_cast<unsigned>(t.up_to_digits(2));
  const char mark[] = {t.one("./-"), '\0'};
  const auto b = static_cast<unsigned>(t.up_to_digits(2));
  t.one(mark);
  const year y(t.digits(4));
  const bool day_first = order == date_order::day_first;
  return {y, month(day_first ? b : a), day(day_first ? a : b)};
}

/// "AM" or "PM", which changes the hour.
void take_half_of_day(taker& t, int& hour) {
  t.skip(" ");
  if (!t.have("AaPp")) return;
  const bool afternoon = t.have("Pp");
  t.one("AaPp");
  t.one("Mm");
  if (hour < 1 || hour > 12) return t.fail();
  hour = hour % 12 + (afternoon ? 12 : 0);
}

/// "Z", "UTC", "GMT", "+02:00", "+0200" or nothing, in seconds.
int take_offset(taker& t) {
  t.skip(" ");
  int seconds = 0;
  if (t.have("+-")) {
    const int sign = t.one("+-") == '-' ? -1 : 1;
    const int hours = t.digits(2);
    if (t.have(":")) t.one(":");
    seconds = sign * (hours * 3600 + t.digits(2) * 60);
    t.skip(" ");
  }
  // Go writes "+0000 UTC".
  if (t.have("Zz")) {
    t.one("Zz");
  } else if (!t.word("UTC")) {
    t.word("GMT");
  }
  return seconds;
}

/// The time of day behind a date: in seconds, and the ns beyond them.
struct day_time {
  std::int64_t seconds = 0, ns = 0;
};

day_time take_time(taker& t, bool halves) {
  if (t.at_end()) return {};
  if (t.have(",")) t.one(",");
  t.one("Tt ");
  int hour = halves ? t.up_to_digits(2) : t.digits(2);
  t.one(":");
  const int minute = t.digits(2);
  int second = 0;
  std::int64_t ns = 0;
  if (t.have(":")) {
    t.one(":");
    second = t.digits(2);
    if (t.have(".,")) ns = (t.one(".,"), t.fraction(ns_per_second));
  }
  if (halves) take_half_of_day(t, hour);
  if (hour > 23 || minute > 59 || second > 59) t.fail();
  const int offset = take_offset(t);
  return {hour * 3600 + minute * 60 + second - offset, ns};
}

}  // namespace

std::optional<std::int64_t> read_date(std::string_view text, date_order order) {
  taker t(text);
  const auto date = take_date(t, order);
  if (!t.ok() || !date.ok()) return std::nullopt;
  const auto time = take_time(t, order != date_order::year_first);
  if (!t.done()) return std::nullopt;
  const auto days = std::chrono::sys_days(date).time_since_epoch().count();
  return stored_time(std::int64_t{days} * 86'400 + time.seconds, ns_per_second, time.ns);
}

}  // namespace kapacitor
