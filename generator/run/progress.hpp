#pragma once

#include <chrono>
#include <string>

#include "run/tally.hpp"

namespace kapacitor::generator {

/// One line about a run under way; `rate`: points accepted per second, lately.
std::string progress_line(const tally& t, std::chrono::nanoseconds elapsed, double rate);

}  // namespace kapacitor::generator
