#pragma once

#include <string>

#include "base/delivery/account.hpp"
#include "base/numbers/histogram.hpp"

namespace kapacitor {

/// What came of the points at one of the places they go to.
struct leg_tally {
  std::string name;
  account points;
  histogram service_time, time_from_schedule;
  bool failing = false;

  leg_tally& operator+=(const leg_tally& other);
};

}  // namespace kapacitor
