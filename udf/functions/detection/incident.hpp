#pragma once

#include <cmath>
#include <cstdint>
#include <tuple>

#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

/// A stretch of a series from an alarm to the last unusual point before twelve usual ones.
class incident {
 public:
  bool is_open() const { return open_; }
  /// With this point an alarm is raised: an incident begins, and ends one that lasted.
  void begin(udf::timestamp time, double strength);
  /// A point without alarm.
  /// Returns: true if the incident is over with it
  bool go_on(udf::timestamp time, double strength, bool is_unusual);

  udf::timestamp first() const { return first_; }
  /// The last point that was unusual.
  udf::timestamp last() const { return last_; }
  /// Points from the first to the last unusual one.
  std::int64_t points() const { return points_; }
  /// The greatest strength.
  double peak() const { return peak_; }

  auto state() { return std::tie(open_, first_, last_, points_, usual_, peak_); }
  bool is_possible() const {
    constexpr std::int64_t most = std::int64_t{1} << 62;
    return points_ >= 0 && points_ < most && usual_ <= patience && std::isfinite(peak_);
  }

 private:
  static constexpr std::uint8_t patience = 12;

  bool open_ = false;
  udf::timestamp first_{}, last_{};
  std::int64_t points_ = 0;
  std::uint8_t usual_ = 0;  // points since the last unusual one
  double peak_ = 0;
};

inline void incident::begin(udf::timestamp time, double strength) {
  open_ = true;
  first_ = last_ = time;
  points_ = 1;
  usual_ = 0;
  peak_ = strength;
}

inline bool incident::go_on(udf::timestamp time, double strength, bool is_unusual) {
  if (!open_) return false;
  ++usual_;
  if (is_unusual) {
    points_ += usual_;
    usual_ = 0;
    last_ = time;
    if (strength > peak_) peak_ = strength;
  }
  open_ = usual_ < patience;
  return !open_;
}

}  // namespace kapacitor::udf::functions
