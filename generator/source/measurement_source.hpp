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
#include "scenario/series.hpp"
#include "source/disturbance.hpp"
#include "source/field_source.hpp"
#include "source/head_table.hpp"
#include "source/truth.hpp"

namespace kapacitor::generator {

/// Lines that are sent later than their time, by the tick at which they are.
using late_line = std::function<void(std::int64_t tick, std::string line)>;

/// Some of the series of one measurement of a scenario, line by line.
///
/// Threads: one at a time
class measurement_source {
 public:
  struct settings {
    const scenario* all = nullptr;
    const measurement_spec* what = nullptr;
    row_range series;             // of the measurement's
    double interval = 1;          // seconds between two ticks
    bool anomalies = true;        // false: the clean twin
    label_sink* truth = nullptr;  // told of each anomaly; null: nobody is
    std::function<void(const label&)> on_label;
  };

  measurement_source(settings s, late_line late);
  measurement_source(const measurement_source&) = delete;
  measurement_source& operator=(const measurement_source&) = delete;

  std::size_t rows() const { return settings_.series.count; }
  /// The lines of these rows; each tick in turn, its rows in order.
  void produce(const tick& t, row_range rows, batcher& out);
  /// The tick happens, but nobody sees its lines.
  void pass_over(const tick& t);
  /// The value of the first series at the tick passed over last. REQUIRES: one chunk of series
  double first_value(std::size_t field) const { return values_[field * chunk_rows]; }

  /// Ends the anomalies that go on.
  void finish();

 private:
  struct outcome {
    std::uint32_t kinds = 0;      // a bit for each anomaly_kind
    std::int64_t late_until = 0;  // a tick
  };

  void restart(std::size_t row, std::int64_t tick);
  std::vector<bool> concerned(const std::vector<const anomaly_rule*>& rules, std::size_t row) const;
  void churn(const tick& t, row_range chunk);
  void compute(const tick& t, row_range chunk);
  void compute_faults(const tick& t, row_range chunk);
  disturbance::observer observe(const tick& t, std::size_t first, std::size_t field);
  disturbance::observer closing(const std::string& field) const;
  void tell(const disturbance::hit& h, const std::string& field, std::int64_t start,
            std::int64_t end, bool truncated) const;
  void write_rows(const tick& t, row_range rows, std::size_t chunk_first, batcher& out);
  void write_disturbed(std::size_t row, std::size_t in_chunk, batcher& out);
  char* write_line(char* to, std::size_t row, std::size_t in_chunk) const;
  void tell_point(const tick& t, std::size_t row, std::uint32_t kinds) const;
  row_range chunk_of(std::size_t row) const;
  std::size_t line_size() const { return heads_.longest() + most_bytes_; }

  settings settings_;
  late_line late_;
  series_set series_;
  random_stream random_;
  head_table heads_;
  std::vector<std::uint32_t> generations_;  // of each row; empty without churn
  std::int64_t churn_ticks_ = 0;            // between two replacements; 0: none
  std::vector<field_source> fields_;
  std::vector<const anomaly_rule*> fault_rules_;
  disturbance faults_;
  std::size_t most_bytes_ = 0;  // of a line's fields and time

  // The chunk that was computed last.
  std::vector<std::int64_t> computed_;  // for each chunk: its last tick
  std::vector<double> values_;          // by field, chunk_rows each
  std::array<outcome, chunk_rows> fates_{};
  bool has_fates_ = false;
  std::array<char, 48> time_{};  // " TIME\n", padded
  std::size_t time_size_ = 0;
  std::int64_t time_of_ = 0;
  std::string scratch_;
};

}  // namespace kapacitor::generator
