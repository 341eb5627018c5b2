#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <tuple>

#include "functions/numeric/fading.hpp"
#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

/// Pieces of evidence. The first five are measured against the range that they have had.
enum evidence_kind : std::size_t {
  of_season,
  of_jump,
  of_surprise,
  of_regime,
  of_value,
  of_likelihood,
  of_gap
};
inline constexpr std::size_t ranged_evidences = of_likelihood, evidences = of_gap + 1;

/// How the detector judges one point.
struct anomaly_result {
  double score = 0;         // in [0, 1); 0.5 and above: an anomaly. 0 while it may raise no alarm
  bool is_anomaly = false;  // score ≥ 0.5
  double raw = 0;  // the sum of the evidence in thresholds, never suppressed; 1: an anomaly
  // 1: as much as would by itself raise an alarm about as rarely as any other; at most 4.
  std::array<double, evidences> evidence = {};  // by evidence_kind
};

/// What the detector is told.
struct anomaly_settings {
  double threshold = 1.8;           // of the summed evidence
  std::int64_t warmup = 100;        // points before the first alarm
  std::int64_t event_points = 400;  // points that an alarm matters for
  bool detect_gaps = false;         // pauses between points are evidence, too
  std::chrono::nanoseconds season{24 * std::chrono::hours(1)};  // 0: none
};

/// A strictly online anomaly detector of one series: seven pieces of evidence that the newest point
/// differs from the past, each measured against the range it has had, and pooled.
///
/// Strictly: the judgement of a point depends on those before it only, in the order in which they
/// came, and is the same in other units, with another zero, upside down and at another hour but for
/// what rounding may do.
///
/// Cost: O(1), no allocation, less than 700 bytes
class anomaly_model {
 public:
  /// x: finite
  anomaly_result update(udf::timestamp time, double x, const anomaly_settings& settings);
  /// How a pause that has lasted until then is judged, if detect_gaps is set. Changes nothing: the
  /// first point after it is judged by itself.
  anomaly_result judge_pause(udf::timestamp until, const anomaly_settings& settings) const;

  auto state() {
    return std::tie(seen_, first_time_, last_time_, level_, likelihood_, counts_, total_, weight_,
                    surprise_, recent_, bucket_means_, bucket_counts_, ranges_, usual_pause_,
                    longest_pause_, pressure_, since_alarm_);
  }
  /// A state that an older version has let run out of numbers becomes that of a fresh group.
  void check_state();

 private:
  static constexpr std::size_t symbols = 17;
  static constexpr std::size_t buckets = 24;
  static constexpr double histogram_memory = 16'000;  // points
  static constexpr double least_weight = 0x1p-64;     // of the counts: then they are scaled

  /// What a point measures before it is compared with what there was.
  struct measures {
    std::array<double, ranged_evidences> values = {};  // by evidence_kind
    double noise = 0;  // of values of this size: no difference at all
    double gap = 0;
  };

  measures gather(udf::timestamp time, double x, const anomaly_settings& settings);
  std::array<double, evidences> weigh(const measures& m, const anomaly_settings& settings);
  double surprise_of(double x, double noise);
  void scale_weight();
  bool is_worn_out() const;
  bool is_possible() const;
  bool adds_up() const;
  double season_residual(udf::timestamp time, double x, std::chrono::nanoseconds season);
  double gap_until(udf::timestamp time) const;
  void learn_pause(double pause);
  double unlikelihood(double mean_surprise);
  anomaly_result judge(double of_values, double of_gap, const anomaly_settings& settings);

  std::uint64_t seen_ = 0;  // points before this one
  udf::timestamp first_time_{}, last_time_{};
  fading_moments level_, likelihood_;
  // Counts are kept times 1/weight_, so that all fade by one multiplication; weight_ ≥ 2^-64.
  std::array<double, symbols> counts_{};
  double total_ = 0, weight_ = 1;
  std::array<double, 3> surprise_{};  // means over about 5, 20 and 40 points
  double recent_ = 0;                 // mean over about 2 points
  std::array<double, buckets> bucket_means_{};
  std::array<std::uint32_t, buckets> bucket_counts_{};
  std::array<fading_range, ranged_evidences> ranges_{};
  double usual_pause_ = 0, longest_pause_ = 0;  // ns between points
  double pressure_ = 0;                         // of past alarms, raises the threshold
  std::int64_t since_alarm_ = -1;               // points since the last alarm; -1: there was none
};

}  // namespace kapacitor::udf::functions
