#pragma once

#include <vector>

#include <prometheus/metric_family.h>

#include "supervise/view.hpp"

namespace kapacitor::udf::watch {

/// Tasks beyond these have labels of their own no more: what they did is added up as task="other".
inline constexpr std::size_t most_tasks = 500;

/// All that kapacitor-udfd says of its functions and tasks, as metrics. Labels: function, task,
/// node
std::vector<prometheus::MetricFamily> metrics_of(const std::vector<supervise::function_view>& all);

}  // namespace kapacitor::udf::watch
