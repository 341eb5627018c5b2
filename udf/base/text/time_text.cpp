#include "base/text/time_text.hpp"

#include <charconv>
#include <chrono>

#include <fmt/format.h>

#include "base/text/error.hpp"
#include "base/text/quote.hpp"
#include "base/text/units.hpp"

namespace kapacitor {
namespace {

constexpr std::int64_t billion = 1'000'000'000;

std::optional<std::int64_t> ns_of(std::int64_t count, std::int64_t unit, std::int64_t rest) {
  std::int64_t ns = 0;
  if (__builtin_mul_overflow(count, unit, &ns) || __builtin_add_overflow(ns, rest, &ns)) {
    return std::nullopt;
  }
  if (ns < first_stored_time || ns > last_stored_time) return std::nullopt;
  return ns;
}

/// Takes characters off the front of a text; remembers whether they ever were other than wanted.
class taker {
 public:
  explicit taker(std::string_view text) : rest_(text) {}

  int digits(std::size_t count) {
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) value = value * 10 + digit();
    return value;
  }
  bool have(std::string_view any_of) const {
    return !rest_.empty() && any_of.find(rest_.front()) != std::string_view::npos;
  }
  char one(std::string_view any_of) {
    if (!have(any_of)) return fail(), '\0';
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }
  /// Digits up to the first other character, as parts of `whole`; what is finer is dropped.
  std::int64_t fraction(std::int64_t whole) {
    std::int64_t sum = 0;
    if (!have(digits_)) fail();
    while (have(digits_)) sum += digit() * (whole /= 10);
    return sum;
  }
  bool ok() const { return ok_; }
  bool done() const { return ok_ && rest_.empty(); }
  bool at_end() const { return rest_.empty(); }

 private:
  static constexpr std::string_view digits_ = "0123456789";
  int digit() { return one(digits_) - (ok_ ? '0' : 0); }
  void fail() { ok_ = false; }

  std::string_view rest_;
  bool ok_ = true;
};

/// "Z", "+02:00" or nothing, in seconds.
int take_offset(taker& t) {
  if (t.at_end()) return 0;
  const char sign = t.one("Zz+-");
  if (sign != '+' && sign != '-') return 0;
  const int hours = t.digits(2);
  t.one(":");
  const int seconds = hours * 3600 + t.digits(2) * 60;
  return sign == '-' ? -seconds : seconds;
}

std::optional<std::int64_t> read_date(std::string_view text) {
  using namespace std::chrono;
  taker t(text);
  const year y(t.digits(4));
  t.one("-");
  const month m(static_cast<unsigned>(t.digits(2)));
  t.one("-");
  const day d(static_cast<unsigned>(t.digits(2)));
  t.one("Tt ");
  const int hour = t.digits(2);
  t.one(":");
  const int minute = t.digits(2);
  t.one(":");
  const int second = t.digits(2);
  const auto fraction = t.have(".") ? (t.one("."), t.fraction(billion)) : 0;
  const int offset = take_offset(t);
  const year_month_day date{y, m, d};
  if (!t.done() || !date.ok() || hour > 23 || minute > 59 || second > 59) return std::nullopt;
  const auto days = sys_days(date).time_since_epoch().count();
  const auto minutes = (std::int64_t{days} * 24 + hour) * 60 + minute;
  return ns_of(minutes * 60 + second - offset, billion, fraction);
}

std::optional<std::int64_t> read_count(std::string_view text, std::int64_t unit) {
  std::int64_t count = 0;
  const auto* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, count);
  if (error != std::errc{}) return std::nullopt;
  if (end == last) return ns_of(count, unit, 0);
  taker t({end, static_cast<std::size_t>(last - end)});
  t.one(".");
  const auto fraction = t.fraction(unit);
  if (!t.done()) return std::nullopt;
  return ns_of(count, unit, text.front() == '-' ? -fraction : fraction);
}

}  // namespace

std::optional<std::int64_t> read_time(std::string_view text, time_format format) {
  switch (format) {
    case time_format::automatic:
    case time_format::date:
      return read_date(text);
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
