#pragma once

#include "base/metrics/metrics_server.hpp"

namespace kapacitor::udf::watch {

/// The page that shows a program's tasks as they work: all in one file, which asks nobody but the
/// program itself.
metrics_page status_page();

}  // namespace kapacitor::udf::watch
