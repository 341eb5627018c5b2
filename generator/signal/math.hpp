#pragma once

#include <cmath>
#include <cstdint>

namespace kapacitor::generator {

// Made of +, -, *, / and sqrt alone, which IEEE 754 defines to the last bit: the C library's sin,
// exp and log differ between versions, and a scenario's bytes must not.

/// An angle in units of 2^-64 turns: it wraps around exactly, and adds without rounding.
using phase_angle = std::uint64_t;

/// The sine of an angle. |error| < 1e-9.
inline double sine_of(phase_angle angle) noexcept {
  const double turns = static_cast<double>(static_cast<std::int64_t>(angle)) * 0x1p-64;
  const double size = std::fabs(turns);
  const double folded = size < 0.25 ? size : 0.5 - size;
  const double x = std::copysign(folded, turns) * 6.283185307179586;
  const double q = x * x;
  // The Taylor series up to x^13.
  double s = 1.0 / 6227020800.0;
  s = s * q - 1.0 / 39916800.0;
  s = s * q + 1.0 / 362880.0;
  s = s * q - 1.0 / 5040.0;
  s = s * q + 1.0 / 120.0;
  s = s * q - 1.0 / 6.0;
  return x + x * q * s;
}

/// The angle of a number of turns, which may exceed 1.
phase_angle phase_of_turns(double turns) noexcept;

/// How far a time is into its period.
///
/// Units: ns; REQUIRES: period > 0
phase_angle phase_of_time(std::int64_t time, std::int64_t period) noexcept;

/// ln x for finite x > 0, to about 1e-12.
double natural_log(double x) noexcept;

/// e to the x, to about 1e-14 of its value; 0 below -700. REQUIRES: x < 700
double natural_exp(double x) noexcept;

}  // namespace kapacitor::generator
