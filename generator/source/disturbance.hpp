#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "scenario/model.hpp"
#include "signal/signal.hpp"
#include "source/source.hpp"

namespace kapacitor::generator {

/// Rows that are computed together: few enough to stay in the first cache.
inline constexpr std::size_t chunk_rows = 256;

/// The anomalies of one target, a field or the points of a measurement, for all its series: which
/// of them goes on where. Of one series never two at a time: who comes later waits.
///
/// Threads: one at a time
class disturbance {
 public:
  /// One anomaly that covers a tick.
  struct hit {
    const anomaly_rule& rule;
    const anomaly& what;
    std::size_t row;
    std::int64_t number;  // of its rule and series
    bool is_first;        // its first tick
    bool is_last;
  };
  struct observer {
    /// Returns: whether it makes a difference to the point.
    std::function<bool(const hit&)> apply;
    /// It is over, and has made a difference to the points from start to end.
    std::function<void(const hit&, std::int64_t start, std::int64_t end, bool truncated)> over;
  };

  disturbance(std::vector<const anomaly_rule*> rules, std::size_t rows, double interval);

  bool empty() const { return rules_.empty(); }
  /// A new series begins in this row with the tick. `concerned`: by rule.
  void restart(std::size_t row, const random_stream& random, std::int64_t tick,
               const std::vector<bool>& concerned);
  /// Whether at() has anything to do for the rows of this chunk.
  bool due(std::int64_t tick, row_range rows) const {
    return !empty() && tick >= soonest_[rows.first / chunk_rows];
  }
  /// Goes through the anomalies that cover this tick; rows are those of one chunk.
  void at(const tick& t, row_range rows, const observer& o);
  /// Ends what is open in the row.
  void close(std::size_t row, const observer& o);

 private:
  struct one {
    anomaly_plan plan;
    std::int64_t number = 0;
    std::int64_t start = 0, end = 0;  // of the points that differ, ns
    bool begun = false, differs = false;
  };

  std::size_t count() const { return rules_.size(); }
  one& of(std::size_t row, std::size_t rule) { return plans_[row * count() + rule]; }
  std::int64_t gap(std::size_t rule) const;
  /// The rule whose anomaly the row shows at the tick; count() if none.
  std::size_t choose(std::size_t row, std::int64_t tick);
  std::int64_t row_at(std::size_t row, const tick& t, const observer& o);
  void finish(std::size_t row, std::size_t rule, const observer& o, bool truncated);

  std::vector<const anomaly_rule*> rules_;
  double interval_;
  std::vector<one> plans_;
  std::vector<std::int64_t> soonest_;  // of each chunk: the tick at which it has to be looked at
};

}  // namespace kapacitor::generator
