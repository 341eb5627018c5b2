#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "bench/link.hpp"
#include "bench/stream.hpp"

namespace kapacitor::udf::host::bench {

struct paced_settings {
  stream_shape shape;
  std::size_t connections = 1;
  double rate = 0;  // points/s, over all connections
  std::chrono::nanoseconds duration{};
};

/// How long answers took, in seconds from the time at which their message was due, not from when it
/// was sent: a target that is late does not stop the clock.
struct latencies {
  double p50 = 0, p99 = 0, p999 = 0, max = 0;
};

struct paced_result {
  latencies latency;
  std::uint64_t sent = 0;      // messages: points or batches
  std::uint64_t answered = 0;  // of them
  double cpu_per_point = 0;    // seconds of the target's CPU
};

/// Sends messages when they are due, whatever the target does, and notes when each is answered.
///
/// An answer is recognised by its time, so the function must keep the times of its points.
/// Errors: start_error, rule_violation
paced_result run_paced(const target& to, const task& how, const paced_settings& s);

}  // namespace kapacitor::udf::host::bench
