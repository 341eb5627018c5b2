#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <prometheus/metric_family.h>

namespace kapacitor {

/// The two ways to write metrics that scrapers read.
///
/// Source: prometheus.io/docs/instrumenting/exposition_formats and
///         prometheus.io/docs/specs/om/open_metrics_spec
enum class exposition { prometheus, open_metrics };

/// Which one the header Accept of a scraper asks for.
exposition exposition_for(std::string_view accept);
std::string_view content_type_of(exposition how);

/// The names of counters must end with _total.
std::string expose(const std::vector<prometheus::MetricFamily>& families, exposition how);

}  // namespace kapacitor
