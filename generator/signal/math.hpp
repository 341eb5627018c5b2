#pragma once

namespace kapacitor::generator {

// Made of +, -, *, / and sqrt alone, which IEEE 754 defines to the last bit: the C library's sin
// and log differ between versions, and a scenario's bytes must not.

/// The sine of an angle given in turns: 0.25 is a right angle. |error| < 1e-10.
double sine_of_turns(double turns) noexcept;

/// ln x for finite x > 0, to about 1e-12.
double natural_log(double x) noexcept;

/// The x below which a standard normal variable falls with probability p in (0, 1); seven figures.
///
/// Source: Wichura, Algorithm AS 241: The percentage points of the normal distribution (1988),
///         routine PPND7
double normal_quantile(double p) noexcept;

}  // namespace kapacitor::generator
