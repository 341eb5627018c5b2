#pragma once

#include <cstdint>

#include "replay/replay_file.hpp"

namespace kapacitor::generator {

/// How many of the file's points InfluxDB would not keep: a later one has the same series, the same
/// time in whole units, and writes at least one of the same fields.
///
/// Points of one time that share no field are not meant: InfluxDB makes one row of them.
/// Errors: run_ended if the file was shortened since it was opened
std::uint64_t overwritten_points(const replay_file& file, std::int64_t unit);

}  // namespace kapacitor::generator
