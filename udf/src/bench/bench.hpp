#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "bench/full_speed.hpp"
#include "bench/link.hpp"
#include "bench/paced.hpp"
#include "bench/snapshots.hpp"
#include "bench/stream.hpp"

namespace kapacitor::udf::host::bench {

struct bench_settings {
  std::vector<target> targets;  // the first is the one in question, the others are its peers
  task setup;
  stream_shape shape;
  std::size_t connections = 1;
  bool split_writes = false;
  bool full_speed = true;
  std::vector<double> rates;  // points/s, of paced runs
  bool snapshots = false;
  std::chrono::nanoseconds idle{};  // 0: not measured
  std::chrono::nanoseconds duration{};
  std::size_t rounds = 5;
  std::string json_file;  // empty: none
};

/// Everything measured of one target, an entry for each round.
struct target_report {
  target of;
  std::vector<double> start;  // seconds
  std::vector<full_speed_result> full_speed;
  std::vector<std::vector<paced_result>> paced;  // for each rate
  std::vector<snapshot_result> snapshots;
  std::optional<double> idle_wakeups;  // per second
};

/// Measures the targets in turn, round by round, so that other load of the machine disturbs all of
/// them alike; prints tables, and ratios of figures that belong to the same round.
///
/// Returns: the exit code. Errors: start_error, rule_violation
int run_bench(const bench_settings& s);

/// For people.
std::string report_text(const bench_settings& s, const std::vector<target_report>& all);
/// For scripts: one JSON object with every round. Stable: members may be added.
std::string report_json(const bench_settings& s, const std::vector<target_report>& all);

}  // namespace kapacitor::udf::host::bench
