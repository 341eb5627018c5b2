#include "program/units.hpp"

#include <charconv>
#include <optional>
#include <string>

#include "server/start_error.hpp"

namespace kapacitor::udf::server {
namespace {

[[noreturn]] void refuse(const std::string& allowed, std::string_view got) {
  throw start_error("must be " + allowed + ", got \"" + std::string(got) + "\"");
}

/// Takes the digits at the start of `text` off it.
std::optional<std::uint64_t> take_number(std::string_view& text, int base = 10) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

struct unit {
  std::string_view name;
  std::uint64_t times;
};

constexpr unit size_units[] = {
    {"", 1},          {"B", 1},      {"KiB", 1 << 10},  {"MiB", 1 << 20},
    {"GiB", 1 << 30}, {"kB", 1'000}, {"MB", 1'000'000}, {"GB", 1'000'000'000}};
constexpr unit duration_units[] = {{"ms", 1}, {"s", 1'000}, {"m", 60'000}, {"h", 3'600'000}};

constexpr std::uint64_t most_milliseconds = std::uint64_t{1'000'000} * 3'600'000;

template <std::size_t N>
std::optional<std::uint64_t> scaled(std::uint64_t number, std::string_view name,
                                    const unit (&units)[N]) {
  for (const auto& u : units) {
    std::uint64_t product = 0;
    if (u.name == name && !__builtin_mul_overflow(number, u.times, &product)) return product;
  }
  return std::nullopt;
}

std::string_view take_letters(std::string_view& text) {
  const auto letters = text.substr(0, text.find_first_of("0123456789"));
  text.remove_prefix(letters.size());
  return letters;
}

}  // namespace

std::uint64_t parse_count(std::string_view text, std::uint64_t least, std::uint64_t most) {
  auto rest = text;
  const auto number = take_number(rest);
  if (!number || !rest.empty() || *number < least || *number > most) {
    refuse("a whole number from " + std::to_string(least) + " to " + std::to_string(most), text);
  }
  return *number;
}

std::size_t parse_size(std::string_view text) {
  auto rest = text;
  const auto number = take_number(rest);
  const auto bytes = number ? scaled(*number, rest, size_units) : std::nullopt;
  constexpr std::uint64_t least = 1 << 10, most = std::uint64_t{1} << 30;
  if (!bytes || *bytes < least || *bytes > most)
    refuse("a size from 1KiB to 1GiB, such as 16MiB", text);
  return *bytes;
}

std::chrono::milliseconds parse_duration(std::string_view text) {
  std::uint64_t sum = 0;
  auto rest = text;
  do {
    const auto number = take_number(rest);
    const auto part = number ? scaled(*number, take_letters(rest), duration_units) : std::nullopt;
    if (!part || *part > most_milliseconds || (sum += *part) > most_milliseconds) {
      refuse("a duration such as 500ms, 30s, 5m or 1h30m", text);
    }
  } while (!rest.empty());
  return std::chrono::milliseconds(sum);
}

mode_t parse_mode(std::string_view text) {
  auto rest = text;
  const auto number = take_number(rest, 8);
  if (!number || !rest.empty() || *number > 0777) refuse("octal permissions such as 0660", text);
  return static_cast<mode_t>(*number);
}

agent::log_level parse_level(std::string_view text) {
  using enum agent::log_level;
  if (text == "trace") return trace;
  if (text == "debug") return debug;
  if (text == "info") return info;
  if (text == "warn") return warn;
  if (text == "error") return error;
  refuse("one of trace, debug, info, warn, error", text);
}

}  // namespace kapacitor::udf::server
