#include "functions/detection/explanation.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace kapacitor::udf::functions {
namespace {

/// A comma before each three digits of a whole number.
std::string_view in_groups(std::string_view digits, std::array<char, 32>& buffer) {
  std::size_t length = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    const std::size_t left = digits.size() - i;
    const bool follows_digit = i > 0 && digits[i - 1] != '-';
    if (follows_digit && left % 3 == 0) buffer[length++] = ',';
    buffer[length++] = digits[i];
  }
  return {buffer.data(), length};
}

}  // namespace

std::string_view for_reading(double x, std::array<char, 32>& buffer) {
  constexpr double grouped = 1'000, scientific = 1e15;
  std::array<char, 32> plain;  // NOLINT(cppcoreguidelines-pro-type-member-init): written next
  const bool is_whole = std::abs(x) >= grouped && std::abs(x) < scientific;
  auto& place = is_whole ? plain : buffer;
  const auto end = is_whole ? fmt::format_to_n(place.data(), place.size(), "{:.0f}", x)
                            : fmt::format_to_n(place.data(), place.size(), "{:.4g}", x);
  const std::string_view text(place.data(), std::min(end.size, place.size()));
  return is_whole ? in_groups(text, buffer) : text;
}

namespace {

struct readable {
  explicit readable(double x) : text(for_reading(x, buffer)) {}
  readable(const readable&) = delete;
  std::array<char, 32> buffer{};
  std::string_view text;
};

std::string_view written(std::string_view text) {
  return text;
}
std::string_view written(const readable& number) {
  return number.text;
}

std::string_view when(const expectation& e, std::chrono::nanoseconds season) {
  if (!e.is_of_season) return " was expected after the last 12 values";
  return season == std::chrono::hours(24) ? " was expected at this hour"
                                          : " was expected in this part of the season";
}

}  // namespace

template <typename... Parts>
void explanation::write(const Parts&... parts) {
  const auto add = [this](std::string_view part) {
    const std::size_t n = std::min(part.size(), text_.size() - length_);
    std::copy_n(part.data(), n, text_.data() + length_);
    length_ += n;
  };
  (add(written(parts)), ...);
}

explanation::explanation(double x, const anomaly_result& result, std::chrono::nanoseconds season) {
  tell({x, result, season});
}

void explanation::tell(const subject& s) {
  const auto& e = s.result.evidence;
  if (std::max(e[of_local], e[of_profile]) >= 1) return tell_expected(s);
  if (e[of_standstill] >= 1) {
    return write(readable(s.x), " for ", readable(s.result.run), " values, at most ",
                 readable(std::round(s.result.longest_run)), " so far");
  }
  if (e[of_gap] >= 1) return write("values are missing before this one");
  tell_novelty(s);
}

void explanation::tell_expected(const subject& s) {
  const auto& e = s.result.expected;
  write(readable(s.x), " where ", readable(e.lower), " to ", readable(e.upper), when(e, s.season));
}

void explanation::tell_novelty(const subject& s) {
  const auto& e = s.result.evidence;
  const auto greatest = std::max_element(e.begin(), e.begin() + novelties) - e.begin();
  const auto& value = s.result.usual[new_value];
  const auto& jump = s.result.usual[new_jump];
  // Of the same evidence the value is the simplest to read.
  if (e[new_value] >= e[static_cast<std::size_t>(greatest)]) {
    return write(readable(s.x), " where values were ", readable(value.low()), " to ",
                 readable(value.high()), " so far");
  }
  if (greatest == new_jump) {
    return write("a jump by ", readable(s.result.jump), " where jumps were ", readable(jump.low()),
                 " to ", readable(jump.high()), " so far");
  }
  if (greatest == new_season) return tell_expected(s);
  write("values that were rare so far, for some ", greatest == new_surprise ? "5" : "40",
        " values; now ", readable(s.x));
}

}  // namespace kapacitor::udf::functions
