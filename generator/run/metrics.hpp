#pragma once

#include <vector>

#include <prometheus/metric_family.h>

#include "run/summary.hpp"

namespace kapacitor::generator {

/// A summary as metrics.
std::vector<prometheus::MetricFamily> to_metrics(const summary& s);

}  // namespace kapacitor::generator
