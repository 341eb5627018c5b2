#include "base/text/units.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "base/text/error.hpp"
#include "base/text/quote.hpp"

namespace kapacitor {
namespace {

__extension__ using wide = unsigned __int128;
using std::chrono::nanoseconds;

struct unit {
  std::string_view name;
  std::uint64_t factor;
};

// "µ" is written in two ways: as the micro sign and as the Greek letter.
constexpr unit durations[] = {{"ns", 1},
                              {"u", 1'000},
                              {"us", 1'000},
                              {"\u00b5", 1'000},
                              {"\u00b5s", 1'000},
                              {"\u03bc", 1'000},
                              {"\u03bcs", 1'000},
                              {"ms", 1'000'000},
                              {"s", 1'000'000'000},
                              {"m", 60'000'000'000},
                              {"min", 60'000'000'000},
                              {"h", 3'600'000'000'000},
                              {"d", 86'400'000'000'000},
                              {"w", 604'800'000'000'000}};
constexpr unit counts[] = {
    {"", 1}, {"k", 1'000}, {"K", 1'000}, {"M", 1'000'000}, {"G", 1'000'000'000}};
constexpr unit sizes[] = {
    {"", 1},        {"B", 1},         {"k", 1 << 10},       {"K", 1 << 10},   {"KiB", 1 << 10},
    {"kB", 1'000},  {"KB", 1'000},    {"M", 1 << 20},       {"MiB", 1 << 20}, {"MB", 1'000'000},
    {"G", 1 << 30}, {"GiB", 1 << 30}, {"GB", 1'000'000'000}};

/// A number without a sign, as it is written.
struct decimal {
  std::uint64_t whole = 0;
  std::uint64_t fraction = 0;  // in units of 10^-18; further digits are dropped
};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::string_view take_digits(std::string_view& text) {
  const auto other = std::find_if_not(text.begin(), text.end(), is_digit);
  const auto digits = text.substr(0, static_cast<std::size_t>(other - text.begin()));
  text.remove_prefix(digits.size());
  return digits;
}

std::uint64_t fraction_of(std::string_view digits) {
  std::uint64_t fraction = 0;
  for (std::size_t i = 0; i < 18; ++i) {
    const auto digit = i < digits.size() ? digits[i] - '0' : 0;
    fraction = fraction * 10 + static_cast<std::uint64_t>(digit);
  }
  return fraction;
}

/// Takes a number off the front of the text; nothing if there is none, or it exceeds 64 bits.
std::optional<decimal> take_decimal(std::string_view& text) {
  decimal number;
  const auto whole = take_digits(text);
  const auto [end, error] =
      std::from_chars(whole.data(), whole.data() + whole.size(), number.whole);
  if (error != std::errc{}) return std::nullopt;
  if (!text.starts_with('.')) return number;
  text.remove_prefix(1);
  const auto digits = take_digits(text);
  if (digits.empty()) return std::nullopt;
  number.fraction = fraction_of(digits);
  return number;
}

struct scaled_number {
  std::uint64_t value;  // rounded to the nearest
  bool whole;           // nothing was rounded
};

std::optional<scaled_number> scaled(const decimal& number, std::uint64_t factor) {
  constexpr std::uint64_t one = 1'000'000'000'000'000'000;
  const auto parts = wide{number.fraction} * factor;
  const auto sum = wide{number.whole} * factor + (parts + one / 2) / one;
  if (sum > std::numeric_limits<std::uint64_t>::max()) return std::nullopt;
  return scaled_number{static_cast<std::uint64_t>(sum), parts % one == 0};
}

template <std::size_t N>
std::optional<std::uint64_t> factor_of(std::string_view name, const unit (&units)[N]) {
  for (const auto& u : units) {
    if (u.name == name) return u.factor;
  }
  return std::nullopt;
}

template <std::size_t N>
std::optional<scaled_number> read_scaled(std::string_view text, const unit (&units)[N]) {
  const auto number = take_decimal(text);
  const auto factor = number ? factor_of(text, units) : std::nullopt;
  return factor ? scaled(*number, *factor) : std::nullopt;
}

/// Takes "90m" off the front of the text. Returns: ns
std::optional<std::uint64_t> take_part(std::string_view& text) {
  const auto number = take_decimal(text);
  const auto letters = text.substr(0, text.find_first_of("0123456789"));
  const auto factor = number ? factor_of(letters, durations) : std::nullopt;
  const auto part = factor ? scaled(*number, *factor) : std::nullopt;
  if (!part) return std::nullopt;
  text.remove_prefix(letters.size());
  return part->value;
}

[[noreturn]] void refuse(std::string_view text, std::string_view what, std::string_view write) {
  throw usage_error(fmt::format("{} is no {}: write {}", in_quotes(text), what, write));
}

[[noreturn]] void refuse_bounds(std::string_view text, const std::string& least,
                                const std::string& most) {
  throw usage_error(fmt::format("must be from {} to {}, got {}", least, most, in_quotes(text)));
}

std::uint64_t bounded(std::uint64_t value, const count_bounds& allowed, std::string_view text,
                      std::string (*shown)(std::uint64_t)) {
  if (value >= allowed.least && value <= allowed.most) return value;
  if (allowed.most != count_bounds{}.most) {
    refuse_bounds(text, shown(allowed.least), shown(allowed.most));
  }
  throw usage_error(
      fmt::format("must be at least {}, got {}", shown(allowed.least), in_quotes(text)));
}

}  // namespace

std::optional<nanoseconds> read_duration(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  std::uint64_t sum = 0;
  do {
    const auto part = take_part(text);
    if (!part || __builtin_add_overflow(sum, *part, &sum)) return std::nullopt;
  } while (!text.empty());
  if (sum > static_cast<std::uint64_t>(nanoseconds::max().count())) return std::nullopt;
  const auto ns = static_cast<std::int64_t>(sum);
  return nanoseconds(negative ? -ns : ns);
}

nanoseconds parse_duration(std::string_view text) {
  if (text == "0") return {};
  const auto duration = read_duration(text);
  if (!duration) refuse(text, "duration", "500ms, 10s, 1.5h or 7d, at most 292 years");
  if (duration->count() < 0 || text.starts_with('-')) {
    throw usage_error(in_quotes(text) + " is negative: write a duration such as 10s");
  }
  return *duration;
}

nanoseconds parse_duration(std::string_view text, nanoseconds least) {
  const auto duration = parse_duration(text);
  if (duration >= least) return duration;
  throw usage_error(least.count() == 1 ? "must be more than 0, got " + in_quotes(text)
                                       : fmt::format("must be at least {}, got {}",
                                                     exact_duration(least), in_quotes(text)));
}

std::uint64_t parse_count(std::string_view text, count_bounds allowed) {
  const auto count = read_scaled(text, counts);
  if (!count || !count->whole) refuse(text, "whole number", "5000, 10k or 1.5M");
  return bounded(count->value, allowed, text, [](std::uint64_t n) { return std::to_string(n); });
}

std::uint64_t parse_size(std::string_view text, count_bounds allowed) {
  const auto size = read_scaled(text, sizes);
  if (!size) refuse(text, "size", "4096, 64KiB, 16MiB or 5MB");
  return bounded(size->value, allowed, text, exact_size);
}

std::int64_t parse_rate(std::string_view text) {
  constexpr std::string_view write = "points per second such as 0.5, 100 or 10k, at most 1G";
  auto rest = text;
  if (rest.ends_with("/s")) rest.remove_suffix(2);
  const auto number = take_decimal(rest);
  const auto factor = number ? factor_of(rest, counts) : std::nullopt;
  const auto milli = factor ? scaled(*number, *factor * 1000) : std::nullopt;
  if (!milli || milli->value < 1 || milli->value > 1'000'000'000'000) refuse(text, "rate", write);
  return static_cast<std::int64_t>(milli->value);
}

std::int64_t parse_factor(std::string_view text) {
  auto rest = text;
  const auto number = take_decimal(rest);
  const auto milli = number ? scaled(*number, 1000) : std::nullopt;
  if (!milli || !(rest.empty() || rest == "x") || milli->value < 1 ||
      milli->value > 1'000'000'000) {
    refuse(text, "factor", "a number from 0.001 to 1000000, such as 0.5 or 60");
  }
  return static_cast<std::int64_t>(milli->value);
}

unsigned parse_mode(std::string_view text) {
  unsigned mode = 0;
  const auto* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, mode, 8);
  if (error != std::errc{} || end != last || mode > 0777) {
    refuse(text, "file mode", "octal permissions such as 0660");
  }
  return mode;
}

std::string short_duration(nanoseconds duration) {
  const auto ns = static_cast<double>(duration.count());
  constexpr double minute = 60e9, hour = 60 * minute, day = 24 * hour;
  if (std::fabs(ns) >= 1000 * day) return fmt::format("{:.0f}d", ns / day);
  if (std::fabs(ns) >= 4 * day) return fmt::format("{:.3g}d", ns / day);
  if (std::fabs(ns) >= 100 * minute) return fmt::format("{:.3g}h", ns / hour);
  if (std::fabs(ns) >= 1000e9) return fmt::format("{:.3g}m", ns / minute);
  if (std::fabs(ns) >= 1e9) return fmt::format("{:.3g}s", ns / 1e9);
  if (std::fabs(ns) >= 1e6) return fmt::format("{:.3g}ms", ns / 1e6);
  if (std::fabs(ns) >= 1e3) return fmt::format("{:.3g}us", ns / 1e3);
  return fmt::format("{}ns", duration.count());
}

std::string exact_duration(nanoseconds duration) {
  constexpr unit parts[] = {{"h", 3'600'000'000'000}, {"m", 60'000'000'000}, {"s", 1'000'000'000},
                            {"ms", 1'000'000},        {"us", 1'000},         {"ns", 1}};
  std::string text;
  auto rest = static_cast<std::uint64_t>(duration.count());
  for (const auto& part : parts) {
    const auto n = rest / part.factor;
    rest %= part.factor;
    if (n > 0) text += std::to_string(n) + std::string(part.name);
  }
  return text.empty() ? "0s" : text;
}

std::string exact_size(std::uint64_t bytes) {
  for (const auto& u : {unit{"GiB", 1 << 30}, unit{"MiB", 1 << 20}, unit{"KiB", 1 << 10}}) {
    if (bytes > 0 && bytes % u.factor == 0) {
      return std::to_string(bytes / u.factor) + std::string(u.name);
    }
  }
  return std::to_string(bytes);
}

}  // namespace kapacitor
