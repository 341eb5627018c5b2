#include "replay/settings.hpp"

#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "base/text/error.hpp"

namespace kapacitor::generator {

std::optional<file_format> parse_file_format(std::string_view text) {
  if (text == "auto") return std::nullopt;
  for (const auto format : {file_format::csv, file_format::nab, file_format::lines,
                            file_format::influx_export, file_format::recording}) {
    if (text == to_text(format)) return format;
  }
  throw usage_error(fmt::format(
      "'{}' is no format of files: allowed are auto, csv, nab, line, export, srpl", text));
}

std::string_view to_text(file_format format) {
  switch (format) {
    case file_format::csv:
      return "csv";
    case file_format::nab:
      return "nab";
    case file_format::lines:
      return "line";
    case file_format::influx_export:
      return "export";
    case file_format::recording:
      return "srpl";
  }
  return "";
}

double parse_speed(std::string_view text) {
  if (text == "max") return 0;
  auto number = text;
  if (number.ends_with('x')) number.remove_suffix(1);
  double speed = 0;
  const auto* const last = number.data() + number.size();
  const auto [end, error] = std::from_chars(number.data(), last, speed);
  // Beyond these, durations of years leave the clock's range.
  if (error != std::errc{} || end != last || !(speed >= 1e-6 && speed <= 1e9)) {
    throw usage_error(fmt::format(
        "'{}' is no speed: allowed are max and factors from 0.000001 to 1e9, such as 60", text));
  }
  return speed;
}

}  // namespace kapacitor::generator
