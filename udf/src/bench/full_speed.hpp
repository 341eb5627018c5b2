#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "bench/link.hpp"
#include "bench/stream.hpp"

namespace kapacitor::udf::host::bench {

/// How a target is driven as fast as it can.
struct full_speed_settings {
  stream_shape shape;
  std::size_t connections = 1;
  bool split_writes = false;  // each message in two writes, length and body, as Kapacitor does
  std::chrono::nanoseconds duration{};  // of the measuring, after each group has come up once
};

/// The figures of one round.
struct full_speed_result {
  double rate = 0;                  // points/s, from the first sent to the last answered
  double cpu_per_point = 0;         // seconds of the target's CPU
  double driver_cpu_per_point = 0;  // seconds of ours
  std::uint64_t points = 0;         // sent while measuring
  double answers_per_point = 0;     // of all, those before the measuring included
  double wakeups_per_second = 0;    // of the target
  std::size_t peak_memory = 0;      // bytes
  double memory_per_group = 0;      // bytes above its key, by the resident memory
  double slowest_connection = 1;    // points of the slowest connection, of the mean's
};

/// Drives a target for one round, each connection with a task of its own.
///
/// One thread and epoll: at each turn a connection is given 64 KiB of messages and read from once.
/// Errors: start_error, rule_violation
full_speed_result run_full_speed(const target& to, const task& how, const full_speed_settings& s);

}  // namespace kapacitor::udf::host::bench
