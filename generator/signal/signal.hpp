#pragma once

#include <cstdint>
#include <string_view>

#include "signal/anomaly.hpp"
#include "signal/random.hpp"

namespace kapacitor::generator {

/// What a float field looks like, before the differences between series.
///
/// Units: periods: ticks, > 0; all else: the field's
struct float_shape {
  double base = 0;           // the mean
  double spread = 0;         // how far the mean of one series may lie from another's
  double swing = 0;          // half the height of the seasonal part
  std::int64_t period = 60;  // of the seasonal part
  double trend = 0;          // how far the trend climbs before it falls again
  std::int64_t trend_period = 3600;
  double noise = 0;  // standard deviation
  int decimals = 3;
};

/// A float field of one series: seasonal part + trend + noise.
class float_signal {
 public:
  /// `shape` must live as long as the signal.
  float_signal(const float_shape& shape, const random_stream& random);

  /// The value without anomalies. Cost: about 20 ns.
  double clean(std::int64_t tick) const noexcept;
  /// The value within an anomaly.
  double disturbed(std::int64_t tick, const anomaly& a) const noexcept;

  int decimals() const noexcept { return shape_->decimals; }

 private:
  const float_shape* shape_;
  random_stream random_;
  double base_ = 0;
  std::int64_t shift_ = 0;  // ticks, so that the series do not swing in step
};

/// An int field that only rises, by about the same amount each tick.
class counter_signal {
 public:
  explicit counter_signal(const random_stream& random)
      : random_(random), step_(random.between(-1, 5, 20)) {}

  std::int64_t value(std::int64_t tick) const noexcept {
    return tick * step_ + random_.between(tick, 0, step_ - 1);
  }

 private:
  random_stream random_;
  std::int64_t step_;
};

/// What a machine is doing: it stays so for some ticks at least.
class state_signal {
 public:
  static constexpr std::int64_t shortest_stay = 30;  // ticks

  explicit state_signal(const random_stream& random) : random_(random) {}

  /// "running", "idle" or "service".
  std::string_view value(std::int64_t tick) const noexcept {
    const auto draw = random_.uniform(tick / shortest_stay);
    return draw < 0.7 ? "running" : draw < 0.9 ? "idle" : "service";
  }

 private:
  random_stream random_;
};

}  // namespace kapacitor::generator
