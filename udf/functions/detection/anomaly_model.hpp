#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <tuple>

#include "functions/detection/alarm_control.hpp"
#include "functions/detection/flat_line.hpp"
#include "functions/detection/incident.hpp"
#include "functions/detection/novelty.hpp"
#include "functions/detection/pauses.hpp"
#include "functions/detection/recent_values.hpp"
#include "functions/detection/season_profile.hpp"
#include "functions/numeric/rare_tail.hpp"
#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

/// Pieces of evidence: those of novelty, then these.
enum evidence_kind : std::size_t {
  of_local = novelties,  // rare: far from the values just before
  of_profile,            // rare: far from what is usual at this time of the season
  of_standstill,         // the value does not change any more
  of_gap                 // missing points
};
inline constexpr std::size_t evidences = of_gap + 1;

/// What was expected of a point, in the field's unit; the bounds are those that one value of a
/// hundred exceeds.
struct expectation {
  double value = 0, lower = 0, upper = 0;
  bool is_known = false;
  bool is_of_season = false;  // otherwise of the values just before
};

/// How the detector judges one point.
struct anomaly_result {
  double score = 0;         // in [0, 1); 0.5 and above: an anomaly. 0 while it may raise no alarm
  bool is_anomaly = false;  // score ≥ 0.5
  double raw = 0;  // how unusual, never suppressed; fades by a tenth with each point. 1: an anomaly
  // 1: as much as would by itself raise an alarm about as rarely as any other.
  std::array<double, evidences> evidence = {};  // by evidence_kind
  expectation expected;
  std::array<fading_range, ranged_novelties> usual{};  // of what is new, before this point
  double jump = 0;
  double run = 0, longest_run = 0;  // points for which the value has not changed
  bool incident_ends = false;       // with this point
};

/// What the detector is told.
struct anomaly_settings {
  double threshold = 2.2;           // of the summed evidence of novelty
  double rarity = 3.6;              // −log10 of how often a value so far off comes
  double gap_threshold = 1.8;       // of the evidence of a gap
  std::int64_t warmup = 100;        // points before the first alarm
  std::int64_t event_points = 400;  // points that an alarm matters for
  bool detect_gaps = false;         // pauses between points are evidence, too
  bool only_new = false;            // what has been there before raises no alarm
  std::chrono::nanoseconds season{24 * std::chrono::hours(1)};  // 0: none
};

/// A strictly online anomaly detector of one series: evidence that the newest point is new, that
/// it is rare, or that the series stands still.
///
/// Strictly: the judgement of a point depends on those before it only, in the order in which they
/// came, and is the same in other units, with another zero, upside down and at another hour but for
/// what rounding may do.
///
/// Cost: O(1), no allocation, less than 1.6 KB
class anomaly_model {
 public:
  /// x: finite
  anomaly_result update(udf::timestamp time, double x, const anomaly_settings& settings);
  /// How a pause that has lasted until then is judged, if detect_gaps is set. Changes nothing: the
  /// first point after it is judged by itself.
  anomaly_result judge_pause(udf::timestamp until, const anomaly_settings& settings) const;
  /// The incident of the last alarm.
  const incident& last_incident() const { return incident_; }

  auto state() {
    return std::tie(seen_, novelty_, profile_, recent_, local_, seasonal_, flat_, pauses_, control_,
                    incident_, lasting_);
  }
  /// A state that an older version has let run out of numbers becomes that of a fresh group.
  void check_state();
  /// The state of version 1. What it did not know yet begins anew.
  void read_version_1(udf::state_reader& in, std::chrono::nanoseconds season);

 private:
  struct reading {
    udf::timestamp time{};
    double x = 0;
    double noise = 0;  // of values of this size: no difference at all
    std::optional<season_profile::place> place;
    // What was expected, of the values just before and of the season.
    std::optional<double> nearby, of_season;
    double residual() const { return of_season ? x - *of_season : 0; }
  };
  reading read(udf::timestamp time, double x, const anomaly_settings& s) const;
  void judge_novelty(const reading& r, const anomaly_settings& s, anomaly_result& result);
  void judge_rarity(const reading& r, const anomaly_settings& s, anomaly_result& result);
  void judge_standstill(const reading& r, const anomaly_settings& s, anomaly_result& result);
  void judge_alarm(const reading& r, const anomaly_settings& s, anomaly_result& result);
  void learn(const reading& r, const anomaly_settings& s);
  double caution(udf::timestamp time, const anomaly_settings& s) const;
  bool is_possible() const;

  std::uint64_t seen_ = 0;  // points before this one
  novelty novelty_;
  season_profile profile_;
  recent_values recent_;
  rare_tail local_, seasonal_;  // of the distance from the recent values, from the profile
  flat_line flat_;
  pauses pauses_;
  alarm_control control_;
  incident incident_;
  double lasting_ = 0;  // how unusual the last points were, fading
};

}  // namespace kapacitor::udf::functions
