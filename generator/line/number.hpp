#pragma once

#include <cstdint>

namespace kapacitor::generator {

// Text of numbers for line protocol: never locale dependent, into memory the caller has reserved.
// Each returns one past the last character written.

/// At most 20 characters.
char* write_integer(char* out, std::int64_t value) noexcept;

/// `value` rounded half up to `decimals` (0…9) places, always with all of them. At most 32
/// characters.
///
/// Values beyond ±9e18 / 10^decimals are cut off there. REQUIRES: value is not NaN.
char* write_decimal(char* out, double value, int decimals) noexcept;

}  // namespace kapacitor::generator
