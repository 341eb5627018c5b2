#pragma once

#include <cstddef>
#include <cstdint>

#include <kapacitor/udf/reason.hpp>

namespace kapacitor::udf::agent {

/// What a task did so far: of a session, of an engine.
struct session_totals {
  std::uint64_t points_in = 0, points_out = 0;
  std::uint64_t batches_in = 0, batches_out = 0;
  std::uint64_t bytes_in = 0, bytes_out = 0;
  std::uint64_t keepalives = 0, snapshots = 0, restores = 0, refused_snapshots = 0;
  std::uint64_t points_skipped = 0;     // of points_in: without their answer; the sum of `skipped`
  reason_counts skipped, incomplete;    // why; incomplete: answered, but not in full
  std::uint64_t non_finite_fields = 0;  // left out of emitted points
  std::uint64_t empty_points = 0;       // not emitted, because they had no fields
  std::uint64_t batches_dropped = 0;    // begun by the function, never closed
  std::size_t groups = 0;               // remembered now
  std::size_t snapshot_bytes = 0;       // of the last one
  std::uint64_t evicted_groups = 0;     // forgotten: more than max_groups
  std::uint64_t expired_groups = 0;     // forgotten: no point for group_ttl
};

}  // namespace kapacitor::udf::agent
