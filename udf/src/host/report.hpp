#pragma once

#include "host/run.hpp"
#include "host/summary.hpp"

namespace kapacitor::udf::host {

/// Shows the summary, and writes it where that was asked for.
///
/// Returns: the exit code that the points and the end of the run come to
int report(const report_settings& s, const totals& counts, outcome how);

}  // namespace kapacitor::udf::host
