#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/numbers/random.hpp"
#include "base/numbers/saturated.hpp"
#include "signal/math.hpp"
#include "signal/spec.hpp"

namespace kapacitor::generator {

/// One step of a stream.
struct instant {
  std::int64_t tick = 0;
  std::int64_t offset = 0;  // ns since the start of the stream
};

/// Some of the series, by their row.
struct row_range {
  std::size_t first = 0;
  std::size_t count = 0;
};

/// What an anomaly makes of the parts that repeat.
struct warp {
  std::int64_t from = 0;  // the offset at which it began, ns
  double speed = 1;       // of time since then
  double amplitude = 1;
  double turns = 0;  // added to the phase

  std::int64_t offset(const instant& at) const noexcept {
    const auto since = static_cast<double>(at.offset - from) * speed;
    return saturated_add(from, saturated_from(since));
  }
};

/// How a signal's value joins what is there already.
enum class join { set, add, multiply };

/// One signal of many series, a column of values at a time.
///
/// Its numbers come from the random stream that each row was given, and from nothing else.
///
/// Threads: one at a time
class signal {
 public:
  signal() = default;
  signal(const signal&) = delete;
  signal& operator=(const signal&) = delete;
  virtual ~signal() = default;

  /// A new series begins in this row, with this tick.
  virtual void restart(std::size_t row, const random_stream& random) = 0;

  /// The values of these rows; out[0] is the first row's. Each row is asked for every tick from its
  /// first on, once and in order: a walk has to be walked.
  virtual void fill(const instant& at, row_range rows, join how, double* out) = 0;

  /// What fill() gave for the row, but with warped periods.
  virtual double warped(const instant& at, std::size_t row, const warp& w) const = 0;
};

/// `interval` is the time between two ticks, in seconds.
std::unique_ptr<signal> make_signal(const signal_spec& spec, std::size_t rows, double interval);

}  // namespace kapacitor::generator
