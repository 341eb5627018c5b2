#pragma once

#include <string>

#include "base/metrics/metric_families.hpp"

namespace kapacitor {

/// What every program says of itself: PREFIX_build_info, and the process metrics that Prometheus
/// names (process_cpu_seconds_total, process_resident_memory_bytes, process_open_fds, ...).
///
/// Source: prometheus.io/docs/instrumenting/writing_clientlibs, "Process metrics"
void add_process_metrics(metric_families& to, const std::string& prefix);

}  // namespace kapacitor
