#pragma once

#include <cstdint>
#include <vector>

#include "base/delivery/leg_tally.hpp"
#include "base/numbers/histogram.hpp"

namespace kapacitor::generator {

/// What a run, or a part of it, has come to; counted, never estimated.
struct tally {
  std::vector<leg_tally> legs;
  histogram lateness;
  std::int64_t skipped = 0;  // ticks

  /// REQUIRES: the same legs, or none so far
  tally& operator+=(const tally& other);
};

}  // namespace kapacitor::generator
