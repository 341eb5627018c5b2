#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kapacitor::generator {

/// How a file writes its times.
///
///   automatic  line protocol: ns; CSV: date
///   date       RFC3339, or "YYYY-MM-DD HH:MM:SS[.fff]", which is UTC unless an offset follows
///   s…ns       since 1970-01-01 UTC; in CSV with a fraction if wanted
enum class time_format { automatic, date, s, ms, us, ns };

/// "auto", "date", "rfc3339", "s", "ms", "u", "us", "ns". Errors: usage_error
time_format parse_time_format(std::string_view text);

/// ns since 1970-01-01 UTC; nothing where the text is no such time, or one that InfluxDB cannot
/// store (before 1677-09-21 or after 2262-04-11).
std::optional<std::int64_t> read_time(std::string_view text, time_format format);

/// RFC3339, UTC, with the fraction only where there is one.
std::string time_to_text(std::int64_t ns);

}  // namespace kapacitor::generator
