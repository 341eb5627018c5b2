#pragma once

#include <chrono>
#include <cstdint>

namespace kapacitor::udf::supervise {

/// What a worker may use. 0: as much as the supervisor itself.
struct worker_limits {
  std::uint64_t memory = 0;          // bytes of data: RLIMIT_DATA, and memory.max of its cgroup
  std::chrono::seconds cpu_time{0};  // since it was started; beyond, the kernel ends it
  double cpus = 0;                   // cores' worth of time, such as 0.5: in a cgroup only
  int nice = 0;                      // added to the supervisor's own
};

}  // namespace kapacitor::udf::supervise
