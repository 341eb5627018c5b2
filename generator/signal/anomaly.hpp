#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "signal/random.hpp"

namespace kapacitor::generator {

enum class anomaly_kind { spike, level_shift, stuck, variance, drift };

std::string_view to_text(anomaly_kind kind) noexcept;

/// A stretch of ticks in which a field does not show its own signal.
///
/// Units: ticks, both ends included; magnitude: the field's. spike, level_shift: what is added;
///        drift: what has been added by the last tick; variance: the standard deviation of what is
///        added; stuck: 0, the value is that of the tick before the first.
struct anomaly {
  anomaly_kind kind = anomaly_kind::spike;
  std::int64_t first = 0;
  std::int64_t last = 0;
  double magnitude = 0;
};

/// Where the anomalies of one field of one series lie: a pure function of its random stream.
///
/// Time is cut into slots of 60 ticks, and every other slot, by chance, holds one. It stays clear
/// of the slot's edges, so that two never touch and the tick before one is always clean.
///
/// Threads: one at a time, at() keeps the slot last asked for
class anomaly_plan {
 public:
  static constexpr std::int64_t slot_ticks = 60;

  /// `unit`: the noise of the field, which the magnitudes are multiples of.
  anomaly_plan(const random_stream& random, double unit) : random_(random), unit_(unit) {}

  std::optional<anomaly> in_slot(std::int64_t slot) const;

  /// The anomaly that covers the tick, nullptr if there is none; valid until the next call.
  const anomaly* at(std::int64_t tick);

 private:
  random_stream random_;
  double unit_;
  std::int64_t slot_end_ = 0;  // of current_: one past the slot's last tick
  std::optional<anomaly> current_;
};

}  // namespace kapacitor::generator
