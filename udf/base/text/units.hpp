#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

// Numbers with units, as all programs read them from flags, files and variables.
//
//   duration  ns, u or us or µs, ms, s, m or min, h, d, w; several parts: 1h30m; fractions: 1.5h
//   count     k = 1000, M, G: 10k, 1.5M
//   size      B; k, K or KiB = 1024 bytes, M or MiB, G or GiB; kB or KB = 1000 bytes, MB, GB
//
// Each parse function throws usage_error: `"5" is no duration: write 500ms, 10s, 1.5h or 7d`. The
// caller puts the name of the flag in front. The arithmetic is exact; what exceeds 64 bits is an
// error.
namespace kapacitor {

/// Least and greatest value that a flag takes.
template <class T>
struct bounds {
  T least = std::numeric_limits<T>::min();
  T most = std::numeric_limits<T>::max();
};
using count_bounds = bounds<std::uint64_t>;

/// A duration as a TICKscript has it, which may be negative: "-5s". "0" without a unit is none.
///
/// Returns: nothing if the text is no duration, or exceeds 292 years
std::optional<std::chrono::nanoseconds> read_duration(std::string_view text);

/// "20s", "1m30s", "250ms", "1.5h", "0": at least 0. Errors: usage_error
std::chrono::nanoseconds parse_duration(std::string_view text);

/// A duration of at least that length. Errors: usage_error
std::chrono::nanoseconds parse_duration(std::string_view text, std::chrono::nanoseconds least);

/// "5000", "10k", "1.5M". Errors: usage_error
std::uint64_t parse_count(std::string_view text, count_bounds allowed = {});

/// Bytes: "4096", "64KiB", "64k", "8MiB", "1GiB", "5MB". Errors: usage_error
std::uint64_t parse_size(std::string_view text, count_bounds allowed = {});

/// Points per second, in thousandths: "10k", "0.5", "100/s". Errors: usage_error
std::int64_t parse_rate(std::string_view text);

/// A factor, in thousandths, from 0.001 to a million: "1.0", "60", "0.5", "60x".
/// Errors: usage_error
std::int64_t parse_factor(std::string_view text);

/// The permissions of a file, octal: "0660". Errors: usage_error
unsigned parse_mode(std::string_view text);

/// Three figures and a unit: "1.23s", "450us", "1.67h", "30.2d".
std::string short_duration(std::chrono::nanoseconds duration);

/// As parse_duration() reads it, without loss: "1m30s", "100ms", "0s".
std::string exact_duration(std::chrono::nanoseconds duration);

/// As parse_size() reads it, without loss: "256MiB", "1400".
std::string exact_size(std::uint64_t bytes);

}  // namespace kapacitor
