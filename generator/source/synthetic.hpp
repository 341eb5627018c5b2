#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "scenario/model.hpp"
#include "source/measurement_source.hpp"
#include "source/source.hpp"
#include "source/truth.hpp"

namespace kapacitor::generator {

/// How many series all measurements of a scenario have together.
std::size_t series_of(const scenario& s);

/// The points of a scenario: each a pure function of the scenario and the tick.
///
/// Ticks have to come one after the other, from 0 on: a walk has to be walked.
///
/// Threads: one at a time
class synthetic_source final : public source {
 public:
  struct options {
    bool anomalies = true;          // false: the clean twin
    label_sink* truth = nullptr;    // told where anomalies are; may be null
    std::string label_measurement;  // tells so in the stream itself; empty: does not
    double interval = 0;            // seconds between two ticks; 0: the scenario's
  };

  /// Only `series` of all there are: what it makes of them is the same as it would be with the
  /// rest.
  synthetic_source(scenario s, range series, options o);
  synthetic_source(const scenario& s, options o);

  std::size_t points_per_tick() const override { return rows_; }
  void produce(const tick& t, range points, batcher& out) override;
  void skip(const tick& t) override;
  void finish(batcher& out) override;

 private:
  void add_measurement(const measurement_spec& m, row_range series);
  void on_label(const label& l);
  void release(std::int64_t tick, batcher& out);

  scenario scenario_;
  options options_;
  std::vector<std::unique_ptr<measurement_source>> measurements_;
  std::size_t rows_ = 0;
  std::int64_t unit_ = 1;                          // of the times in the stream, ns
  std::multimap<std::int64_t, std::string> late_;  // lines, by the tick at which they are sent
  std::string label_lines_;                        // to be sent among the points
};

}  // namespace kapacitor::generator
