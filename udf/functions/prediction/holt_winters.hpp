#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <tuple>
#include <vector>

#include "functions/numeric/fading.hpp"
#include "functions/prediction/horizon_errors.hpp"
#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

/// Weights of exponential smoothing, and what follows from them: the same for all groups.
struct smoothing {
  /// Missing intervals that level and trend are carried on for; beyond, they stay as they are.
  static constexpr std::size_t most_gap = 100;

  double alpha = 0, beta = 0, gamma = 0, damping = 1;
  std::uint64_t interval = 1;  // ns between points
  std::uint64_t buckets = 0;   // of a season; 0: none
  std::uint64_t ahead = 1;     // intervals to the forecast
  bool multiplicative = false;
  bool unlimited = false;  // a forecast may be however far from the values seen

  // Made of these by prepare(), for n intervals each: damping^n, damping + ... + damping^n, and the
  // standard deviation of a forecast n intervals ahead in terms of that of one.
  std::array<double, most_gap + 1> power{}, sum{}, spread{};
  double sum_ahead = 1, spread_ahead = 1;

  void prepare();
};

/// Level, trend and season of one series, learned point by point.
class holt_winters {
 public:
  explicit holt_winters(const smoothing& s) : smoothing_(&s) {}

  /// What was known of a point before it came; and what it is now that lies ahead.
  struct outcome {
    std::optional<double> residual;  // empty for a first point
    double forecast;
    std::optional<double> half_width;  // one standard deviation of the forecast
    bool began_anew = false;           // what was learned before is gone: it is beyond a double
  };
  /// Returns: empty if the point is older than the newest; nothing has changed then.
  /// Demands: x > 0 if the season is multiplicative.
  std::optional<outcome> push(std::int64_t time, double x);
  /// The time of the newest point; if there is none, the earliest there is.
  udf::timestamp newest() const {
    return points_ == 0 ? udf::timestamp::min() : udf::timestamp(std::chrono::nanoseconds(newest_));
  }
  /// The newest point had another time than it said: this one. Level, trend and season are kept.
  void set_back(std::int64_t to);

  auto state() {
    return std::tie(first_, newest_, points_, residuals_, level_, trend_, variance_, season_,
                    ranged_, range_, errors_);
  }
  /// Reads the state as it was before the range and the errors at the horizon were part of it.
  void read_version_1(udf::state_reader& in);
  void check_state() const;

 private:
  static constexpr double most_variance = 1e300;  // larger squares count as this: it comes down

  std::uint64_t step_of(std::int64_t time) const;
  double update(double x, std::uint64_t step);
  double carry_on(std::size_t gap);
  double update_season(double x, double& factor, std::size_t gap);
  void begin(std::int64_t time, double x);
  double learn_season(double x, std::size_t bucket, std::size_t gap);
  void finish_first_season();
  void correct(double x, double base, double& factor, std::size_t gap);
  void count_residual(double e, std::size_t gap);
  bool sound(std::size_t bucket) const;
  outcome look_ahead(std::uint64_t step);
  double scale_of(std::uint64_t step) const;
  double limited(double forecast) const;
  void learn_range(double x);

  bool in_first_season(std::uint64_t step) const { return step < smoothing_->buckets; }
  double joined(double base, double factor) const {
    return smoothing_->multiplicative ? base * factor : base + factor;
  }
  double without(double x, double part) const {
    return smoothing_->multiplicative ? x / part : x - part;
  }

  const smoothing* smoothing_;
  std::int64_t first_ = 0, newest_ = 0;  // times, ns since 1970
  std::uint64_t points_ = 0;             // one for each interval that had any
  std::uint64_t residuals_ = 0;
  double level_ = 0, trend_ = 0, variance_ = 0;
  std::vector<double> season_;  // NaN: no point yet; in the first season the points themselves
  std::uint64_t ranged_ = 0;    // values that made the range
  fading_range range_;          // of the values
  horizon_errors errors_;
};

}  // namespace kapacitor::udf::functions
