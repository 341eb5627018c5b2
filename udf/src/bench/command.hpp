#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "base/options/table.hpp"
#include "base/text/logger.hpp"
#include "bench/bench.hpp"

namespace kapacitor::udf::host::bench {

/// The values of the options of `bench`, each by itself.
struct arguments {
  std::string socket, exec;
  std::vector<std::string> peers, peer_sockets;
  std::vector<option> options;
  std::vector<double> rates;  // points/s
  bool full_speed = false;    // asked for as --rate max
  bool echo = false, random_order = false, split_writes = false, snapshots = false;
  std::size_t groups = 100, tags = 3, fields = 1, batch = 0, connections = 1, rounds = 5;
  field_kind field_type = field_kind::floating;
  std::chrono::nanoseconds duration = std::chrono::seconds(2), idle{};
  std::chrono::nanoseconds timeout = std::chrono::seconds(10);
  std::string json_file;
  log_settings log{log_level::warn, ""};
};

/// Lifetime: `a` must outlive the command, which sets it
option_command command(arguments& a);

/// Errors: usage_error naming the flag
bench_settings settings_of(const arguments& a);

/// Runs the measurements. Returns: the exit code. Errors: usage_error, start_error
int bench(const arguments& a);

}  // namespace kapacitor::udf::host::bench
