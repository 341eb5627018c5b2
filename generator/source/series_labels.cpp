#include "source/series_labels.hpp"

#include <utility>

#include <fmt/format.h>

namespace kapacitor::generator {
namespace {

std::string names_of(std::uint32_t kinds) {
  std::string names;
  for (unsigned i = 0; kinds >> i != 0; ++i) {
    if ((kinds >> i & 1U) == 0) continue;
    names += (names.empty() ? "" : " ");
    names += to_text(static_cast<anomaly_kind>(i));
  }
  return names;
}

}  // namespace

series_labels::series_labels(settings s, const series_rows& rows)
    : settings_(std::move(s)), rows_(rows) {}

disturbance::observer series_labels::observer_of(std::string field) const {
  disturbance::observer o;
  o.over = [this, field = std::move(field)](const disturbance::hit& h, std::int64_t start,
                                            std::int64_t end, bool truncated) {
    if (!settings_.on_label) return;
    auto l = label_of(h);
    l.field = field;
    l.start = start;
    l.end = end;
    l.truncated = truncated;
    settings_.on_label(l);
  };
  return o;
}

label series_labels::label_of(const disturbance::hit& h) const {
  label l;
  l.id = fmt::format("{}-{}-{}", &h.rule - settings_.all->anomalies.data(), rows_.identity(h.row),
                     h.number);
  l.measurement = settings_.what->name;
  l.tags = rows_.tags(h.row);
  l.kind = to_text(h.rule.kind);
  l.magnitude = h.what.magnitude;
  l.delay = h.rule.delay;
  return l;
}

void series_labels::point(const tick& t, std::size_t row, std::uint32_t kinds) const {
  settings_.points->point(t.time_in_ns(), rows_.head(row), names_of(kinds));
}

}  // namespace kapacitor::generator
