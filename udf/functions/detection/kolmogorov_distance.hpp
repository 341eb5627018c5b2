#pragma once

#include <cstdint>
#include <span>

namespace kapacitor::udf::functions {

/// The distance of two samples' distribution functions, without rounding.
struct kolmogorov_distance {
  std::uint64_t steps = 0;  // of 1 / lcm(n1, n2)
  std::uint64_t n1 = 0, n2 = 0;

  double value() const;
  /// The probability of this distance or a larger one between two samples of one continuous
  /// distribution.
  ///
  /// Exact, by counting paths, for n1 · n2 ≤ 100,000, and if one of them has at most 20 values
  /// for n1 · n2 ≤ 2,000,000; else that of one sample of n1 · n2 / (n1 + n2) values: twice
  /// Smirnov's exact one-sided probability from √n · D = 1.2 on (n ≤ 1000), which is off by less
  /// than 0.02 %, otherwise Kolmogorov's limit with Vrbik's correction, off by less than 0.0006 (n
  /// ≥ 20).
  ///
  /// Cost:   O(n1 · n2) exact, else at most O(1000); the former allocates
  /// Source: Kim and Jennrich 1973; Smirnov 1944, Birnbaum and Tingey 1951; J. Vrbik,
  ///         Small-Sample Corrections to Kolmogorov-Smirnov Test Statistic, 2018
  double p() const;
};

/// Of two samples in order of size, neither empty.
kolmogorov_distance distance_of(std::span<const double> sorted1, std::span<const double> sorted2);

}  // namespace kapacitor::udf::functions
