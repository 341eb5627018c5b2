#include "host/line_number.hpp"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <system_error>

namespace kapacitor::udf::host {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::optional<value> parse_boolean(std::string_view text) {
  for (const auto yes : {"t", "T", "true", "True", "TRUE"}) {
    if (text == yes) return value(true);
  }
  for (const auto no : {"f", "F", "false", "False", "FALSE"}) {
    if (text == no) return value(false);
  }
  return std::nullopt;
}

std::optional<value> parse_integer(std::string_view digits) {
  std::int64_t x = 0;
  const auto [after, error] = std::from_chars(digits.data(), digits.data() + digits.size(), x);
  if (error != std::errc{} || after != digits.data() + digits.size()) return std::nullopt;
  return value(x);
}

// from_chars knows "inf" and "nan" as well, which line protocol does not.
bool looks_like_number(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && (is_digit(text.front()) || text.front() == '.');
}

std::optional<value> parse_double(std::string_view text) {
  double x = 0;
  const auto [after, error] = std::from_chars(text.data(), text.data() + text.size(), x);
  if (after != text.data() + text.size() || error == std::errc::invalid_argument) {
    return std::nullopt;
  }
  if (error == std::errc{}) return value(x);
  // Out of range: too small is 0, as for InfluxDB; too large is an error.
  x = std::strtod(std::string(text).c_str(), nullptr);
  return std::isfinite(x) ? std::optional<value>(x) : std::nullopt;
}

}  // namespace

std::optional<value> parse_plain_value(std::string_view text) {
  if (!looks_like_number(text)) return parse_boolean(text);
  if (text.ends_with('i')) return parse_integer(text.substr(0, text.size() - 1));
  return parse_double(text);
}

std::string_view what_is_wrong_with(std::string_view text) {
  if (!looks_like_number(text)) return "invalid boolean (a string needs quotes)";
  if (text.ends_with('i')) return "invalid integer, or out of the range of 64 bits";
  if (text.ends_with('u')) return "unsigned integers are not supported by InfluxDB 1.x";
  return "invalid number";
}

}  // namespace kapacitor::udf::host
