#pragma once

#include "program/watch.hpp"

namespace kapacitor::udf::watch {

/// --metrics of kapacitor-udfd.
server::watcher metrics_watcher();

}  // namespace kapacitor::udf::watch
