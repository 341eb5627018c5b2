#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/numbers/histogram.hpp"
#include "delivery/account.hpp"

namespace kapacitor::generator {

/// What came of the points at one of the places they go to.
struct leg_tally {
  std::string name;
  account points;
  histogram service_time, time_from_schedule;
  bool failing = false;
};

/// What a run, or a part of it, has come to; counted, never estimated.
struct tally {
  std::vector<leg_tally> legs;
  histogram lateness;
  std::int64_t skipped = 0;  // ticks

  /// REQUIRES: the same legs, or none so far
  tally& operator+=(const tally& other);
};

}  // namespace kapacitor::generator
