#include "signal/anomaly.hpp"

namespace kapacitor::generator {
namespace {

constexpr std::int64_t margin = 5;
constexpr std::int64_t longest = 20;
static_assert(margin + longest < anomaly_plan::slot_ticks);

struct proportions {
  anomaly_kind kind;
  std::int64_t shortest, longest;  // ticks
  double least, most;              // multiples of the noise
};
constexpr proportions all_kinds[] = {
    {anomaly_kind::spike, 1, 1, 10, 30},      {anomaly_kind::level_shift, 5, 15, 8, 20},
    {anomaly_kind::stuck, 6, 16, 0, 0},       {anomaly_kind::variance, 6, 16, 5, 10},
    {anomaly_kind::drift, 8, longest, 8, 20},
};

}  // namespace

std::string_view to_text(anomaly_kind kind) noexcept {
  switch (kind) {
    case anomaly_kind::spike:
      return "spike";
    case anomaly_kind::level_shift:
      return "level_shift";
    case anomaly_kind::stuck:
      return "stuck";
    case anomaly_kind::variance:
      return "variance";
    case anomaly_kind::drift:
      return "drift";
  }
  return "unknown";
}

std::optional<anomaly> anomaly_plan::in_slot(std::int64_t slot) const {
  const auto draw = slot * 8;
  if (random_.uniform(draw) < 0.5) return std::nullopt;
  const auto& p = all_kinds[random_.bits(draw + 1) % std::size(all_kinds)];
  const auto length = random_.between(draw + 2, p.shortest, p.longest);
  const auto start =
      slot * slot_ticks + random_.between(draw + 3, margin, slot_ticks - longest - 1);
  const double size = unit_ * (p.least + (p.most - p.least) * random_.uniform(draw + 4));
  const bool down = p.kind != anomaly_kind::variance && random_.uniform(draw + 5) < 0.5;
  return anomaly{p.kind, start, start + length - 1, down ? -size : size};
}

const anomaly* anomaly_plan::at(std::int64_t tick) {
  if (tick >= slot_end_ || tick < slot_end_ - slot_ticks) {
    const auto slot = tick / slot_ticks;
    current_ = in_slot(slot);
    slot_end_ = (slot + 1) * slot_ticks;
  }
  return current_ && tick >= current_->first && tick <= current_->last ? &*current_ : nullptr;
}

}  // namespace kapacitor::generator
