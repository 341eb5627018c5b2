#pragma once

#include <sys/types.h>

#include <memory>

#include "base/process/owned_fd.hpp"
#include "base/text/log.hpp"
#include "supervise/cgroup.hpp"
#include "supervise/worker_process.hpp"

namespace kapacitor::udf::supervise {

/// A worker that was just started, and our ends of its descriptors.
struct launched_worker {
  pid_t pid = -1;
  owned_fd control;                         // of an own one
  owned_fd err;                             // what an agent writes to stderr
  std::unique_ptr<cgroup> group = nullptr;  // none without limits
};

/// Starts it. Errors: as worker_process
launched_worker launch(const worker_start& start, const log_sink& log);

}  // namespace kapacitor::udf::supervise
