#pragma once

#include <chrono>
#include <cstddef>

#include "bench/link.hpp"
#include "bench/stream.hpp"

namespace kapacitor::udf::host::bench {

/// What it costs to save all groups, and to get them back. Seconds and bytes.
struct snapshot_result {
  double snapshot = 0, restore = 0;  // from the request to the answer
  double silence = 0;                // the longest without any answer, during either
  std::size_t bytes = 0;             // of the snapshot
  std::size_t peak_memory = 0;       // of the target
};

/// Sends each group of the stream some points, takes a snapshot, and restores it on another
/// connection; sends a keepalive every `life` meanwhile.
/// Errors: start_error, rule_violation
snapshot_result run_snapshots(const target& to, const task& how, const stream_shape& shape,
                              std::chrono::nanoseconds life);

/// From the start of a command, or from connecting, to the answer to Info. Seconds
double run_start(const target& to, std::chrono::nanoseconds patience);

/// Times per second that a target with a task, and nothing to do, was put to work.
double run_idle(const target& to, const task& how, std::chrono::nanoseconds duration);

}  // namespace kapacitor::udf::host::bench
