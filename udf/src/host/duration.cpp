#include "host/duration.hpp"

#include <charconv>
#include <limits>
#include <utility>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "host/usage_error.hpp"

namespace kapacitor::udf::host {
namespace {

constexpr std::pair<std::string_view, std::int64_t> units[] = {
    {"ns", 1},
    {"u", 1'000},
    {"us", 1'000},
    {"µs", 1'000},
    {"µ", 1'000},
    {"ms", 1'000'000},
    {"s", 1'000'000'000},
    {"m", 60'000'000'000},
    {"h", 3'600'000'000'000},
    {"d", 86'400'000'000'000},
    {"w", 604'800'000'000'000},
};

std::int64_t unit_of(std::string_view name) {
  for (const auto& [unit, ns] : units) {
    if (unit == name) return ns;
  }
  return 0;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Takes "90m" off the front of `text` and adds it to `sum`.
bool add_part(std::string_view& text, std::int64_t& sum) {
  std::int64_t count = 0;
  const auto [after, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc{} || !is_digit(text.front())) return false;
  text.remove_prefix(static_cast<std::size_t>(after - text.data()));
  std::size_t letters = 0;
  while (letters < text.size() && !is_digit(text[letters])) ++letters;
  const auto unit = unit_of(text.substr(0, letters));
  text.remove_prefix(letters);
  std::int64_t part = 0;
  return unit != 0 && !__builtin_mul_overflow(count, unit, &part) &&
         !__builtin_add_overflow(sum, part, &sum);
}

}  // namespace

std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  if (text.empty()) return std::nullopt;
  std::int64_t sum = 0;
  while (!text.empty()) {
    if (!add_part(text, sum)) return std::nullopt;
  }
  return std::chrono::nanoseconds(negative ? -sum : sum);
}

std::chrono::nanoseconds duration_argument(const std::string& flag, std::string_view text) {
  const auto parsed = text == "0" ? std::chrono::nanoseconds(0) : parse_duration(text);
  if (!parsed || parsed->count() < 0) {
    throw usage_error(
        fmt::format("{}: \"{}\" is no duration; write such as 500ms, 10s, 1m30s", flag, text));
  }
  return *parsed;
}

std::size_t size_argument(const std::string& flag, std::string_view text) {
  std::size_t size = 0;
  const auto [after, error] = std::from_chars(text.data(), text.data() + text.size(), size);
  const std::string_view unit(after, static_cast<std::size_t>(text.data() + text.size() - after));
  const std::size_t shift = unit == "KiB" ? 10 : unit == "MiB" ? 20 : unit == "GiB" ? 30 : 0;
  const bool fits = size <= (std::numeric_limits<std::size_t>::max() >> shift);
  if (error != std::errc{} || size == 0 || !fits || (shift == 0 && !unit.empty())) {
    throw usage_error(
        fmt::format("{}: \"{}\" is no size; write such as 1048576, 64KiB, 16MiB", flag, text));
  }
  return size << shift;
}

std::string rfc3339(std::int64_t nanoseconds) {
  constexpr std::int64_t second = 1'000'000'000;
  auto seconds = nanoseconds / second;
  auto rest = nanoseconds % second;
  if (rest < 0) rest += second, --seconds;
  const auto broken_down = fmt::gmtime(static_cast<std::time_t>(seconds));
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:09}Z", broken_down, rest);
}

}  // namespace kapacitor::udf::host
