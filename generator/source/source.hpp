#pragma once

#include <cstddef>
#include <cstdint>

#include "base/line/batch.hpp"

namespace kapacitor::generator {

/// One step of a scenario: every series has one point in it.
struct tick {
  std::int64_t number = 0;
  std::int64_t time = 0;    // of its points, in units since 1970-01-01 UTC
  std::int64_t unit = 1;    // ns
  std::int64_t offset = 0;  // number times the interval, ns: what signals are computed from

  std::int64_t time_in_ns() const { return time * unit; }
};

/// Where points come from.
///
/// Threads: one at a time
class source {
 public:
  struct range {
    std::size_t first = 0;
    std::size_t count = 0;
  };

  source() = default;
  source(const source&) = delete;
  source& operator=(const source&) = delete;
  virtual ~source() = default;

  /// How many points a tick has; for a live source roughly, it may lose or gain a few.
  virtual std::size_t points_per_tick() const = 0;

  /// Whether values are read when they are asked for, instead of computed from the tick: then a
  /// tick that was missed is gone, and the first one is due after one interval.
  virtual bool live() const { return false; }

  /// Writes the lines of these points of a tick; a live source, always those of all.
  virtual void produce(const tick& t, range points, batcher& out) = 0;

  /// The tick happens without its points: they would come too late.
  virtual void skip(const tick& t) { static_cast<void>(t); }

  /// There will be no more ticks: writes what was held back.
  virtual void finish(batcher& out) { static_cast<void>(out); }
};

}  // namespace kapacitor::generator
