#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace kapacitor::udf::host {

/// What became of the points. Everything received is sent, filtered, waiting in a window, or lost;
/// everything emitted is written and stored, or lost.
struct totals {
  std::uint64_t received = 0;       // points taken from the input
  std::uint64_t filtered = 0;       // of them: another measurement, database or retention policy
  std::uint64_t invalid_lines = 0;  // not even points; counted as lost
  std::uint64_t refused = 0;        // points of HTTP requests answered 400; their sender knows
  std::uint64_t sent = 0;           // points written to the UDF; once for each batch they are in
  std::uint64_t unsent = 0;         // taken, but the UDF was gone; counted as lost
  std::uint64_t in_windows = 0;     // waiting for their window's end when the input ended
  std::uint64_t batches_in = 0, batches_out = 0;
  std::uint64_t emitted = 0;  // points that came from the UDF, those of batches included
  std::uint64_t written = 0;  // to --output
  std::uint64_t stored = 0;   // by InfluxDB
  std::uint64_t storing = 0;  // on their way to InfluxDB
  std::uint64_t snapshots = 0, keepalives = 0, retries = 0;
  std::uint64_t snapshots_failed = 0;  // made by the UDF, and could not be written
  std::uint64_t in_doubt = 0;          // of the lost: sent to InfluxDB, which may have stored them
  std::uint64_t in_future = 0;         // points with a time more than a minute ahead of the clock
  std::int64_t furthest_ahead = 0;     // of them, ns
  std::uint64_t of_1970 = 0;           // points with a time of that year
  std::uint64_t unread = 0;            // bytes of the input file that were left when it ended
  std::uint64_t groups = 0;
  bool restored = false;
  std::map<std::string, std::uint64_t> lost;  // by reason
  // What the UDF says of itself at its end, if it is an agent of ours that the host runs: points
  // without their answer, and answered but not in full, by reason; groups forgotten, by limit.
  std::map<std::string, std::uint64_t> skipped, incomplete, groups_forgotten;
  std::vector<std::string> warnings;  // what the host has found wrong with names

  void lose(const std::string& reason, std::uint64_t n) {
    if (n > 0) lost[reason] += n;
  }
  std::uint64_t lost_points() const {
    std::uint64_t n = 0;
    for (const auto& [reason, count] : lost) n += count;
    return n;
  }
};

}  // namespace kapacitor::udf::host
