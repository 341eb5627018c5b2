#include "base/text/units.hpp"

#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/text/error.hpp"

namespace kapacitor::inline base {
namespace {

struct unit {
  std::string_view name;
  double factor;
};

constexpr unit durations[] = {{"ns", 1},   {"us", 1e3},   {"µs", 1e3},   {"ms", 1e6},   {"s", 1e9},
                              {"m", 60e9}, {"min", 60e9}, {"h", 3600e9}, {"d", 86400e9}};
constexpr unit counts[] = {{"", 1}, {"k", 1e3}, {"K", 1e3}, {"M", 1e6}, {"G", 1e9}};
constexpr unit sizes[] = {{"", 1},     {"B", 1},        {"k", 1024.0},   {"KiB", 1024.0},
                          {"kB", 1e3}, {"KB", 1e3},     {"MiB", 0x1p20}, {"M", 0x1p20},
                          {"MB", 1e6}, {"GiB", 0x1p30}, {"G", 0x1p30},   {"GB", 1e9}};

/// Takes a number without a sign off the front of the text.
std::optional<double> take_number(std::string_view& text) {
  double value = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (error != std::errc{} || text.front() == '-' || !std::isfinite(value)) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

template <std::size_t N>
std::optional<double> factor_of(std::string_view name, const unit (&units)[N]) {
  for (const auto& u : units) {
    if (u.name == name) return u.factor;
  }
  return std::nullopt;
}

[[noreturn]] void refuse(std::string_view what, std::string_view text, std::string_view allowed) {
  throw usage_error(fmt::format("'{}' is no {}: {}", text, what, allowed));
}

template <std::size_t N>
double parse_scaled(std::string_view text, const unit (&units)[N], std::string_view what,
                    std::string_view allowed) {
  auto rest = text;
  const auto number = take_number(rest);
  const auto factor = number ? factor_of(rest, units) : std::nullopt;
  if (!factor || *number * *factor >= 9e18) refuse(what, text, allowed);
  return *number * *factor;
}

/// Two digits or more, as a number; -1 if they are not there.
int take_digits(std::string_view& text, std::size_t count) {
  int value = 0;
  if (text.size() < count) return -1;
  for (const char c : text.substr(0, count)) {
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  text.remove_prefix(count);
  return value;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

/// "Z" or "+02:00", in seconds.
std::optional<int> take_offset(std::string_view& text) {
  if (take(text, 'Z')) return 0;
  const int sign = take(text, '-') ? -1 : take(text, '+') ? 1 : 0;
  const int hours = take_digits(text, 2);
  if (sign == 0 || hours < 0 || !take(text, ':')) return std::nullopt;
  const int minutes = take_digits(text, 2);
  if (minutes < 0) return std::nullopt;
  return sign * (hours * 3600 + minutes * 60);
}

/// What follows the decimal point, in ns.
std::optional<std::int64_t> take_fraction(std::string_view& text) {
  std::int64_t ns = 0;
  std::int64_t weight = 100'000'000;
  if (!take(text, '.')) return 0;
  const auto before = text.size();
  for (int digit = 0; (digit = take_digits(text, 1)) >= 0; weight /= 10) ns += digit * weight;
  if (text.size() == before) return std::nullopt;
  return ns;
}

std::optional<std::int64_t> try_time(std::string_view text) {
  using namespace std::chrono;
  const int year_number = take_digits(text, 4);
  if (!take(text, '-')) return std::nullopt;
  const int month_number = take_digits(text, 2);
  if (!take(text, '-')) return std::nullopt;
  const int day_number = take_digits(text, 2);
  if (!take(text, 'T')) return std::nullopt;
  const int h = take_digits(text, 2);
  if (!take(text, ':')) return std::nullopt;
  const int m = take_digits(text, 2);
  if (!take(text, ':')) return std::nullopt;
  const int s = take_digits(text, 2);
  const auto fraction = take_fraction(text);
  const auto offset = take_offset(text);
  if (year_number < 1678 || year_number > 2261 || month_number < 1 || day_number < 1 || h < 0 ||
      h > 23 || m < 0 || m > 59 || s < 0 || s > 59 || !fraction || !offset || !text.empty()) {
    return std::nullopt;
  }
  const year_month_day date{year(year_number), month(static_cast<unsigned>(month_number)),
                            day(static_cast<unsigned>(day_number))};
  if (!date.ok()) return std::nullopt;
  const auto since =
      sys_days(date).time_since_epoch() + hours(h) + minutes(m) + seconds(s) - seconds(*offset);
  return nanoseconds(since).count() + *fraction;
}

}  // namespace

std::chrono::nanoseconds parse_duration(std::string_view text) {
  constexpr std::string_view allowed = "allowed are numbers with units such as 20s, 1m30s, 250ms";
  double sum = 0;
  auto rest = text;
  if (rest == "0") return {};
  do {
    const auto number = rest.empty() ? std::nullopt : take_number(rest);
    const auto length = rest.find_first_of("0123456789");
    const auto factor = number ? factor_of(rest.substr(0, length), durations) : std::nullopt;
    if (!factor) refuse("duration", text, allowed);
    sum += *number * *factor;
    rest.remove_prefix(std::min(length, rest.size()));
  } while (!rest.empty());
  if (sum >= 9e18) refuse("duration", text, allowed);
  return std::chrono::nanoseconds(std::llround(sum));
}

std::uint64_t parse_count(std::string_view text) {
  constexpr std::string_view allowed = "allowed are whole numbers such as 5000, 10k, 1.5M";
  const double value = text.empty() ? -1 : parse_scaled(text, counts, "number", allowed);
  if (value < 0 || value != std::floor(value)) refuse("number", text, allowed);
  return static_cast<std::uint64_t>(value);
}

std::int64_t parse_rate(std::string_view text) {
  constexpr std::string_view allowed = "allowed are points per second such as 0.5, 100, 10k";
  auto rest = text;
  if (rest.ends_with("/s")) rest.remove_suffix(2);
  if (rest.empty()) refuse("rate", text, allowed);
  const double milli = parse_scaled(rest, counts, "rate", allowed) * 1000;
  if (!(milli >= 1 && milli < 1e15)) refuse("rate", text, allowed);
  return std::llround(milli);
}

std::uint64_t parse_size(std::string_view text) {
  constexpr std::string_view allowed = "allowed are bytes such as 4096, 64KiB, 8MiB, 1GiB";
  if (text.empty()) refuse("size", text, allowed);
  return static_cast<std::uint64_t>(parse_scaled(text, sizes, "size", allowed));
}

std::int64_t parse_time(std::string_view text) {
  const auto time = try_time(text);
  if (!time) refuse("time", text, "allowed is RFC3339 such as 2024-05-01T12:00:00Z");
  return *time;
}

moment parse_moment(std::string_view text) {
  constexpr std::string_view allowed =
      "allowed are now, -1h, +30m, and RFC3339 such as 2024-05-01T12:00:00Z";
  if (text == "now") return {true, 0};
  const int sign = text.starts_with('-') ? -1 : text.starts_with('+') ? 1 : 0;
  try {
    if (sign == 0) return {false, parse_time(text)};
    return {true, sign * parse_duration(text.substr(1)).count()};
  } catch (const usage_error&) {
    refuse("time", text, allowed);
  }
}

std::int64_t parse_factor(std::string_view text) {
  auto rest = text;
  const auto number = take_number(rest);
  if (!number || !rest.empty() || *number < 0.001 || *number > 1e6) {
    refuse("factor", text, "allowed are 0.001 to 1000000, such as 1.0 or 60, and max");
  }
  return std::llround(*number * 1000);
}

std::string short_duration(std::chrono::nanoseconds duration) {
  const auto ns = static_cast<double>(duration.count());
  if (std::fabs(ns) >= 1e9) return fmt::format("{:.3g}s", ns / 1e9);
  if (std::fabs(ns) >= 1e6) return fmt::format("{:.3g}ms", ns / 1e6);
  if (std::fabs(ns) >= 1e3) return fmt::format("{:.3g}us", ns / 1e3);
  return fmt::format("{}ns", duration.count());
}

}  // namespace kapacitor::inline base
