#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "scenario/model.hpp"

namespace kapacitor::generator {

/// A stretch of a stream that was made anomalous on purpose: the ground truth.
///
/// Units: times: ns since 1970-01-01 UTC, of the first and the last point in it
struct label {
  std::string id;  // the same for the same scenario and seed
  std::string measurement;
  tag_list tags;
  std::string field;  // empty: the whole points
  std::string kind;
  std::int64_t start = 0, end = 0;
  double magnitude = 0;
  nanoseconds delay{};     // of late points
  bool truncated = false;  // the stream ended before the anomaly did
};

/// Who wants to know the truth.
///
/// Threads: any
class label_sink {
 public:
  label_sink() = default;
  label_sink(const label_sink&) = delete;
  label_sink& operator=(const label_sink&) = delete;
  virtual ~label_sink() = default;

  /// An anomaly is over.
  virtual void write(const label& l) = 0;

  /// Whether point() is to be called, for every point that is made.
  virtual bool wants_points() const { return false; }
  /// `series`: measurement and tags as in line protocol; `kinds`: of the anomalies that it is part
  /// of, separated by spaces.
  virtual void point(std::int64_t time, std::string_view series, std::string_view kinds) {
    static_cast<void>(time), static_cast<void>(series), static_cast<void>(kinds);
  }
};

}  // namespace kapacitor::generator
