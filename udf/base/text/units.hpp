#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace kapacitor::inline base {

// Numbers with units, as they are written on the command line. Each throws usage_error, which says
// what is allowed.

/// "20s", "1m30s", "250ms", "1.5h", "0"; units: ns, us, ms, s, m, h, d.
std::chrono::nanoseconds parse_duration(std::string_view text);

/// "5000", "10k", "1.5M".
std::uint64_t parse_count(std::string_view text);

/// Points per second, in thousandths: "10k", "0.5", "100/s".
std::int64_t parse_rate(std::string_view text);

/// Bytes: "4096", "64KiB", "8MiB", "1GiB", "5MB".
std::uint64_t parse_size(std::string_view text);

/// ns since 1970-01-01 UTC: "2024-05-01T12:00:00Z", with a fraction and an offset if wanted.
std::int64_t parse_time(std::string_view text);

/// A time, or how far it is from now.
struct moment {
  bool from_now = false;
  std::int64_t ns = 0;  // since 1970-01-01 UTC, or from now

  std::int64_t at(std::int64_t now) const { return from_now ? now + ns : ns; }
};

/// "now", "-1h", "+30m", or a time as parse_time() reads it.
moment parse_moment(std::string_view text);

/// A factor, in thousandths: "1.0", "60", "0.5".
std::int64_t parse_factor(std::string_view text);

/// Three figures and a unit: "1.23s", "450us".
std::string short_duration(std::chrono::nanoseconds duration);

}  // namespace kapacitor::inline base
