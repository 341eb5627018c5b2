#pragma once

#include <string>

#include "source/synthetic.hpp"

namespace kapacitor::generator {

/// Machines with a value (seasonal part, trend, noise, anomalies), a temperature, a counter, a
/// state, and whether they run. 20 series.
scenario sensors_scenario();

/// One series with one float field: the least that one can look at.
scenario pulse_scenario();

}  // namespace kapacitor::generator
