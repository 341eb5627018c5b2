#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/line/batch.hpp"
#include "scenario/model.hpp"
#include "source/disturbance.hpp"
#include "source/field_source.hpp"
#include "source/series_labels.hpp"
#include "source/series_rows.hpp"

namespace kapacitor::generator {

/// Lines that are sent later than their time, by the tick at which they are.
using late_line = std::function<void(std::int64_t tick, std::string line)>;

/// Some of the series of one measurement of a scenario, line by line.
///
/// Threads: one at a time
class measurement_source {
 public:
  struct settings {
    series_labels::settings labels;  // and with them the scenario and the measurement
    row_range series;                // of the measurement's
    double interval = 1;             // seconds between two ticks
    bool anomalies = true;           // false: the clean twin
  };

  measurement_source(settings s, late_line late);
  measurement_source(const measurement_source&) = delete;
  measurement_source& operator=(const measurement_source&) = delete;

  std::size_t rows() const { return series_.size(); }
  /// The lines of these rows; each tick in turn, its rows in order.
  void produce(const tick& t, row_range rows, batcher& out);
  /// The tick happens, but nobody sees its lines.
  void skip(const tick& t);
  /// The value of the first series at the tick skipped last. REQUIRES: one chunk of series
  double first_value(std::size_t field) const { return values_[field * chunk_rows]; }

  /// Ends the anomalies that go on.
  void finish();

 private:
  /// What anomalies make of a point.
  struct point_effects {
    std::uint32_t kinds = 0;      // a bit for each anomaly_kind
    std::int64_t late_until = 0;  // a tick
  };

  void restart(std::size_t row, std::int64_t tick);
  void churn(const tick& t, row_range chunk);
  void compute(const tick& t, row_range chunk);
  void compute_faults(const tick& t, row_range chunk);
  const disturbance::observer& observer_at(const tick& t, std::size_t first, std::size_t field);
  void close(std::size_t row);
  void write_rows(const tick& t, row_range rows, std::size_t chunk_first, batcher& out);
  void write_disturbed(std::size_t row, std::size_t in_chunk, batcher& out);
  void append_line(std::size_t row, std::size_t in_chunk, batcher& out) const;
  char* write_line(char* to, std::size_t row, std::size_t in_chunk) const;
  row_range chunk_of(std::size_t row) const;
  std::size_t line_size() const { return series_.longest_head() + most_bytes_; }

  settings settings_;
  late_line late_;
  const scenario& scenario_;
  const measurement_spec& measurement_;
  series_rows series_;
  series_labels labels_;
  random_stream random_;
  std::int64_t churn_ticks_ = 0;  // between two replacements; 0: none
  std::vector<field_source> fields_;
  std::vector<disturbance::observer> observers_;  // of each field
  std::vector<const anomaly_rule*> fault_rules_;
  disturbance faults_;
  disturbance::observer fault_observer_;
  std::size_t most_bytes_ = 0;  // of a line's fields and time

  // The chunk that was computed last.
  std::vector<std::int64_t> computed_;  // for each chunk: its last tick
  std::vector<double> values_;          // by field, chunk_rows each
  std::array<point_effects, chunk_rows> effects_{};
  bool has_effects_ = false;
  std::array<char, 48> time_{};  // " TIME\n", padded
  std::size_t time_size_ = 0;
  std::int64_t time_of_ = 0;
  std::string scratch_;
};

}  // namespace kapacitor::generator
