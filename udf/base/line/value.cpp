#include "base/line/value.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <locale>
#include <sstream>
#include <string>
#include <system_error>

namespace kapacitor {
namespace {

/// from_chars knows "inf" and "nan" as well, which line protocol does not.
bool looks_like_number(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && ((text.front() >= '0' && text.front() <= '9') || text.front() == '.');
}

}  // namespace

std::optional<std::int64_t> read_integer(std::string_view text) {
  std::int64_t value = 0;
  const auto* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, value);
  if (error != std::errc{} || end != last) return std::nullopt;
  return value;
}

std::optional<double> read_float(std::string_view text) {
  if (!looks_like_number(text)) return std::nullopt;
  double value = 0;
  const auto* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, value);
  if (end != last || error == std::errc::invalid_argument) return std::nullopt;
  if (error == std::errc{}) return value;
  // Out of range: a stream, unlike from_chars, tells too small (0) from too large (failure).
  std::istringstream in{std::string(text)};
  in.imbue(std::locale::classic());
  return in >> value ? std::optional(value) : std::nullopt;
}

std::optional<bool> read_boolean(std::string_view text) {
  constexpr std::array<std::string_view, 5> yes{"t", "T", "true", "True", "TRUE"};
  constexpr std::array<std::string_view, 5> no{"f", "F", "false", "False", "FALSE"};
  if (std::find(yes.begin(), yes.end(), text) != yes.end()) return true;
  if (std::find(no.begin(), no.end(), text) != no.end()) return false;
  return std::nullopt;
}

std::optional<line_value> read_plain_value(std::string_view text) {
  if (!looks_like_number(text)) {
    const auto value = read_boolean(text);
    return value ? std::optional<line_value>(*value) : std::nullopt;
  }
  if (text.ends_with('i')) {
    const auto value = read_integer(text.substr(0, text.size() - 1));
    return value ? std::optional<line_value>(*value) : std::nullopt;
  }
  const auto value = read_float(text);
  return value ? std::optional<line_value>(*value) : std::nullopt;
}

}  // namespace kapacitor
