#include "signal/signal.hpp"

namespace kapacitor::generator {
namespace {

// Positions in the stream that are no ticks.
constexpr std::int64_t draw_base = -1;
constexpr std::int64_t draw_shift = -2;
constexpr std::int64_t draw_extra = std::int64_t{1} << 62;  // the second noise of `variance`

double part_of(std::int64_t tick, std::int64_t period) noexcept {
  return static_cast<double>(tick % period) / static_cast<double>(period);
}

/// 0 → 1 → 0 over one turn.
double triangle(double turn) noexcept {
  return turn < 0.5 ? 2 * turn : 2 - 2 * turn;
}

}  // namespace

float_signal::float_signal(const float_shape& shape, const random_stream& random)
    : shape_(&shape), random_(random) {
  base_ = shape.base + shape.spread * (2 * random_.uniform(draw_base) - 1);
  shift_ = random_.between(draw_shift, 0, shape_->period - 1);
}

double float_signal::clean(std::int64_t tick) const noexcept {
  const double turn = part_of(tick + shift_, shape_->period);
  const double season = sine_of_turns(turn) + 0.25 * sine_of_turns(2 * turn);
  return base_ + shape_->swing * season +
         shape_->trend * triangle(part_of(tick, shape_->trend_period)) +
         shape_->noise * random_.normal(tick);
}

double float_signal::disturbed(std::int64_t tick, const anomaly& a) const noexcept {
  switch (a.kind) {
    case anomaly_kind::spike:
    case anomaly_kind::level_shift:
      return clean(tick) + a.magnitude;
    case anomaly_kind::stuck:
      return clean(a.first - 1);
    case anomaly_kind::variance:
      return clean(tick) + a.magnitude * random_.normal(draw_extra + tick);
    case anomaly_kind::drift:
      return clean(tick) + a.magnitude * static_cast<double>(tick - a.first + 1) /
                               static_cast<double>(a.last - a.first + 1);
  }
  return clean(tick);
}

}  // namespace kapacitor::generator
