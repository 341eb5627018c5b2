#pragma once

#include <cstdint>
#include <cstring>

namespace kapacitor {

// Text of numbers for line protocol: never locale dependent, into memory the caller has reserved.
// Each returns one past the last character of the text.

/// What write_scaled(), write_decimal() and write_shortest() may write to, whatever the length of
/// the text: they copy in pieces of a fixed size, which is faster.
inline constexpr std::size_t longest_number = 48;
inline constexpr int most_decimals = 9;

/// The value in units of 10^-decimals, rounded half up: what write_decimal() writes.
///
/// Values beyond ±9e18 units are cut off there. REQUIRES: value is not NaN; 0 <= decimals <= 9
inline std::int64_t scaled(double value, int decimals) noexcept {
  constexpr double powers[] = {1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};
  constexpr double most = 9e18;
  double units = value * powers[decimals] + 0.5;
  units = units < -most ? -most : units > most ? most : units;
  const auto whole = static_cast<std::int64_t>(units);
  return whole - (static_cast<double>(whole) > units ? 1 : 0);
}

/// Writes nothing beyond the text, which has at most 20 characters.
char* write_integer(char* out, std::int64_t value) noexcept;

/// A number of units of 10^-decimals, with all decimals.
char* write_scaled(char* out, std::int64_t units, int decimals) noexcept;

/// `value` rounded half up to `decimals` (0…9) places, always with all of them.
///
/// Values beyond ±9e18 / 10^decimals are cut off there. REQUIRES: value is not NaN.
inline char* write_decimal(char* out, double value, int decimals) noexcept {
  return write_scaled(out, scaled(value, decimals), decimals);
}

/// As few digits as tell it from every other double. REQUIRES: value is finite
char* write_shortest(char* out, double value) noexcept;

/// Copies text in pieces of 16 bytes, of which the last may reach beyond both ends: faster than
/// memcpy for the short texts of a line. REQUIRES: 15 more bytes can be read and written
inline char* copy_padded(char* to, const char* text, std::size_t size) noexcept {
  for (std::size_t done = 0; done < size; done += 16) std::memcpy(to + done, text + done, 16);
  return to + size;
}

}  // namespace kapacitor
