#include "source/disturbance.hpp"

#include <algorithm>
#include <utility>

namespace kapacitor::generator {

disturbance::disturbance(std::vector<const anomaly_rule*> rules, std::size_t rows, double interval)
    : rules_(std::move(rules)),
      interval_(interval),
      plans_(rows * rules_.size(), one{anomaly_plan::none()}),
      soonest_((rows + chunk_rows - 1) / chunk_rows, anomaly_plan::never) {}

void disturbance::restart(std::size_t row, const random_stream& random, std::int64_t tick,
                          const std::vector<bool>& concerned) {
  auto& soonest = soonest_[row / chunk_rows];
  for (std::size_t rule = 0; rule < count(); ++rule) {
    // The first tick has none before it that an anomaly could be compared with.
    of(row, rule) = {concerned[rule]
                         ? anomaly_plan(rules_[rule]->when, random.part(rule), interval_, tick + 1)
                         : anomaly_plan::none()};
    soonest = std::min(soonest, of(row, rule).plan.current().first);
  }
}

/// From the last tick of an anomaly to the first of the next: in a field they can be told apart.
inline std::int64_t disturbance::gap(std::size_t rule) const {
  return is_of_transport(rules_[rule]->kind) ? 1 : 2;
}

inline std::size_t disturbance::choose(std::size_t row, std::int64_t tick) {
  std::size_t chosen = count();
  for (std::size_t rule = 0; rule < count(); ++rule) {
    if (!of(row, rule).plan.covers(tick)) continue;
    if (chosen == count() || of(row, rule).begun) chosen = rule;
  }
  if (chosen == count()) return chosen;
  const auto free = of(row, chosen).plan.current().last + gap(chosen);
  for (std::size_t rule = 0; rule < count(); ++rule) {
    if (rule != chosen && of(row, rule).plan.current().first < free) {
      of(row, rule).plan.put_off(free);
    }
  }
  return chosen;
}

/// Returns: the next tick at which there is something to do.
inline std::int64_t disturbance::row_at(std::size_t row, const tick& t, const observer& o) {
  const auto rule = choose(row, t.number);
  if (rule < count()) {
    auto& a = of(row, rule);
    const bool is_first = !std::exchange(a.begun, true);
    const bool is_last = t.number == a.plan.current().last;
    const hit h{*rules_[rule], a.plan.current(), row, a.number, is_first, is_last};
    if (o.apply(h)) {
      if (!std::exchange(a.differs, true)) a.start = t.time_in_ns();
      a.end = t.time_in_ns();
    }
    if (is_last) finish(row, rule, o, false);
  }
  auto next = anomaly_plan::never;
  for (std::size_t i = 0; i < count(); ++i) {
    const auto& plan = of(row, i).plan;
    next = std::min(next, plan.covers(t.number) ? t.number + 1 : plan.current().first);
  }
  return next;
}

void disturbance::at(const tick& t, row_range rows, const observer& o) {
  auto& soonest = soonest_[rows.first / chunk_rows];
  soonest = anomaly_plan::never;
  for (auto row = rows.first; row < rows.first + rows.count; ++row) {
    soonest = std::min(soonest, row_at(row, t, o));
  }
}

void disturbance::finish(std::size_t row, std::size_t rule, const observer& o, bool truncated) {
  auto& a = of(row, rule);
  // What was never seen in the points is no truth about them.
  if (a.differs) {
    o.over({*rules_[rule], a.plan.current(), row, a.number, false, true}, a.start, a.end,
           truncated);
  }
  const auto free = a.plan.current().last + gap(rule);
  a.begun = a.differs = false;
  ++a.number;
  a.plan.advance();
  a.plan.put_off(free);
}

void disturbance::close(std::size_t row, const observer& o) {
  for (std::size_t rule = 0; rule < count(); ++rule) {
    if (of(row, rule).begun) finish(row, rule, o, true);
  }
}

}  // namespace kapacitor::generator
