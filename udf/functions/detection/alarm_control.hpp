#pragma once

#include <cstdint>
#include <tuple>

namespace kapacitor::udf::functions {

/// Turns evidence into alarms, so that none is raised twice for one cause, and a series without
/// anomalies alarms at most about once in 3000 points, whatever its values are like.
///
/// - A rest after an alarm: no other for a fifth of `event_points`, unless the incident is over and
///   what comes is rare by itself.
/// - Alarms of new values raise their threshold for a while, each by a part of it.
/// - Alarms of rare values are free as long as there are few: about one in 700 points. More raise
///   their threshold: then they are what this series is like.
class alarm_control {
 public:
  struct evidence {
    double novelty = 0;  // in thresholds, as all that follow
    double rarity = 0;
    double standstill = 0;
  };
  struct settings {
    double event_points = 400;
    bool is_warm = false;           // past the warm-up
    bool incident_is_open = false;  // that of the last alarm
    double caution = 1;             // so many times as rare as usual for the same evidence
  };
  /// Judges the next point.
  /// Returns: the evidence that counts; 1 and more: an alarm
  double judge(const evidence& e, const settings& s);

  auto state() { return std::tie(pressure_, rare_alarms_, since_); }
  bool is_possible() const;
  /// Of version 1, which had one pressure for all.
  void take_over(double pressure, std::int64_t since);

 private:
  double pressure_ = 0;      // of past alarms of new values
  double rare_alarms_ = 0;   // of about the last five times event_points
  std::int64_t since_ = -1;  // points since the last alarm; -1: there was none
};

}  // namespace kapacitor::udf::functions
