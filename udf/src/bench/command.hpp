#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "bench/bench.hpp"

namespace kapacitor::udf::host::bench {

/// The command line of `bench`, as it was typed.
struct arguments {
  std::string socket, exec;
  std::vector<std::string> peers, peer_sockets, options, rates;
  bool echo = false, random_order = false, split_writes = false, snapshots = false;
  std::size_t groups = 100, tags = 3, fields = 1, batch = 0, connections = 1, rounds = 5;
  std::string field_type = "double", duration = "2s", idle, timeout = "10s", json_file;
  std::string log_level = "warn";
};

/// Adds the command. Lifetime: `a` is written to when the command line is parsed
CLI::App* add_command(CLI::App& app, arguments& a);

/// Errors: usage_error naming the flag
bench_settings settings_of(const arguments& a);

/// Does it. Returns: the exit code. Errors: usage_error, start_error
int bench(const arguments& a);

}  // namespace kapacitor::udf::host::bench
