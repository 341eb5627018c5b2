#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kapacitor::udf::host {

/// Reads a duration as TICKscript writes it: `5m`, `100ms`, `1h30m`, `-5s`; the units are ns, u
/// (or µs, us), ms, s, m, h, d and w. Empty where it is none or exceeds 292 years.
std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text);

/// A duration of the command line, at least 0. Errors: usage_error naming the flag
std::chrono::nanoseconds duration_argument(const std::string& flag, std::string_view text);

/// A size of the command line, such as `1048576`, `64KiB` or `16MiB`, above 0.
/// Errors: usage_error naming the flag
std::size_t size_argument(const std::string& flag, std::string_view text);

/// "2026-01-31T12:00:00.000000001Z": always nine decimals, so that lines of text sort.
std::string rfc3339(std::int64_t nanoseconds);

}  // namespace kapacitor::udf::host
