#pragma once

#include <chrono>
#include <functional>
#include <vector>

#include "base/text/log.hpp"
#include "doctor/finding.hpp"
#include "doctor/task_check.hpp"

namespace kapacitor::udf::doctor {

struct revive_settings {
  int tries = 3;                                         // in a row, of one task
  std::chrono::milliseconds pause{1000};                 // between two tries, of whatever tasks
  std::function<void(std::chrono::milliseconds)> sleep;  // empty: of this thread
  log_sink log;                                          // each try
};

/// Disables and enables the tasks, one after the other, and looks whether they execute then. A task
/// whose function is not served is left alone: enabling it can end kapacitord.
///
/// Errors: api_error if Kapacitor is not there any more
void revive(kapacitor_api& api, const std::vector<dead_task>& dead, report& to,
            const revive_settings& s);

}  // namespace kapacitor::udf::doctor
