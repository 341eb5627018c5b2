#pragma once

#include <cstdint>

#include "base/numbers/saturated.hpp"

namespace kapacitor::generator {

/// What the times in the lines are multiples of.
enum class precision { ns, u, ms, s };

/// In ns.
constexpr std::int64_t unit_of(precision p) {
  constexpr std::int64_t units[] = {1, 1'000, 1'000'000, 1'000'000'000};
  return units[static_cast<int>(p)];
}

/// As a write's parameter; InfluxDB 2 says "us" where 1.x says "u".
constexpr const char* name_of(precision p, bool version_2 = false) {
  constexpr const char* names[] = {"ns", "u", "ms", "s"};
  return version_2 && p == precision::u ? "us" : names[static_cast<int>(p)];
}

using kapacitor::in_units;

}  // namespace kapacitor::generator
