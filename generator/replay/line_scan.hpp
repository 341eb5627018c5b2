#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/text/time_text.hpp"

namespace kapacitor::generator {

/// The parts of a line of line protocol. Lifetime: that of the line.
struct line_parts {
  std::string_view key;   // measurement and tags, as written
  std::string_view head;  // all but the time
  std::int64_t time = 0;  // ns
};

/// Finds the parts of a line, and whether InfluxDB 1.x would take it; it has to have a time.
///
/// Returns: empty, or what is wrong and what is allowed; `parts` is then unspecified.
/// Cost:    O(length); no allocation where nothing is wrong
std::string scan_line(std::string_view line, time_format time, line_parts& parts);

inline constexpr std::size_t longest_key = 65535;  // InfluxDB's limit: measurement and tags, bytes

/// A number that an int64 holds.
bool is_integer(std::string_view text);
/// A number as line protocol writes it, and within the range of a double.
bool is_float(std::string_view text);
/// One of the words that line protocol knows.
bool is_boolean(std::string_view text);

/// Text for a message: in quotes, not too long, without control characters.
std::string shown(std::string_view text);

}  // namespace kapacitor::generator
