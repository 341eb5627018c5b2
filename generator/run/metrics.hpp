#pragma once

#include <string>

#include "run/summary.hpp"

namespace kapacitor::generator {

/// A summary as metrics, in Prometheus' text format.
std::string to_metrics(const summary& s);

}  // namespace kapacitor::generator
