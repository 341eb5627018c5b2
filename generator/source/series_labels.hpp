#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "scenario/model.hpp"
#include "source/disturbance.hpp"
#include "source/series_rows.hpp"
#include "source/source.hpp"
#include "source/truth.hpp"

namespace kapacitor::generator {

/// A bit for each kind of anomaly.
constexpr std::uint32_t bit_of(anomaly_kind kind) {
  return std::uint32_t{1} << static_cast<unsigned>(kind);
}

/// Labels what happens to the series of a measurement.
///
/// Threads: one at a time
class series_labels {
 public:
  struct settings {
    const scenario* all = nullptr;
    const measurement_spec* what = nullptr;
    label_sink* points = nullptr;                // told of each point; null: nobody is
    std::function<void(const label&)> on_label;  // may be empty
  };

  /// `rows` must live as long.
  series_labels(settings s, const series_rows& rows);

  /// Labels the anomalies of a field that are over; empty: those of the whole points.
  ///
  /// Lifetime: that of this object
  disturbance::observer observer_of(std::string field) const;

  /// Whether point() is to be called, for every point that is made.
  bool wants_points() const { return settings_.points && settings_.points->wants_points(); }
  /// `kinds`: of the anomalies that the point is part of, a bit for each.
  void point(const tick& t, std::size_t row, std::uint32_t kinds) const;

 private:
  label label_of(const disturbance::hit& h) const;

  settings settings_;
  const series_rows& rows_;
};

}  // namespace kapacitor::generator
