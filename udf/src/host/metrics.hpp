#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <prometheus/metric_family.h>

#include "base/metrics/metrics_server.hpp"
#include "base/net/event_loop.hpp"
#include "drive/totals.hpp"
#include "host/run.hpp"

namespace kapacitor::udf::host {

/// What becomes of the points, as metrics. Reasons of losses beyond 20 are one, reason="other".
std::vector<prometheus::MetricFamily> to_metrics(const totals& t);

/// --metrics of a run while it lasts; null if nobody asks for it. `look` and `not_ready` (why the
/// run has not begun; empty: it has) are called by the loop. Errors: usage_error
std::unique_ptr<metrics_server> serve_metrics(event_loop& loop, const report_settings& s,
                                              std::function<totals()> look,
                                              std::function<std::string()> not_ready);

}  // namespace kapacitor::udf::host
