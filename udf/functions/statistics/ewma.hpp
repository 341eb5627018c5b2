#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>

#include "functions/points/output_fields.hpp"
#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

/// The exponentially weighted moving average of a field, for every point; with `stddev` and `bands`
/// the exponentially weighted standard deviation about it as well.
///
/// By `alpha` or `span`, points count whatever their times. By `halfLife`, a point counts by its
/// age. A point without the field, or with a NaN or an infinity in it, is skipped: nothing is
/// emitted, nothing counted.
///
/// Shape:  n points → n points, one to four fields each; with `keep` the point's other fields too
/// Units:  span: points; the outputs: those of the field
/// Cost:   O(1), no allocation
/// Exact:  the mean is held to about 106 bits
/// Source: Finch, Incremental calculation of weighted mean and variance (2009)
class ewma {
 public:
  static constexpr std::uint32_t state_version = 2;

  struct options : output_options, udf::clock_options {
    static constexpr double default_alpha = 0.1;

    std::string field;
    std::optional<double> alpha;
    std::optional<std::int64_t> span;
    std::optional<std::chrono::nanoseconds> half_life;
    bool stddev = false;
    std::optional<double> bands;

    options() { as = "ewma"; }
    static udf::schema<options> describe();
    void check();
    /// By number of points, times do not matter.
    bool judges_times() const { return half_life.has_value(); }

    // Made by check().
    double newest_weight = default_alpha;
    bool spreads = false;  // whether the standard deviation is wanted
    std::string as_stddev, as_lower, as_upper;
  };

  explicit ewma(const options& o) : options_(o) {}

  void on_point(const udf::point& p, udf::emitter& out);
  /// However late, a point counts for as much as its age says.
  udf::timestamp earliest() const { return udf::timestamp::min(); }
  std::optional<udf::timestamp> newest() const;
  void set_back(udf::timestamp to) { newest_ = to.time_since_epoch().count(); }

  auto state() { return std::tie(weight_, mean_, rest_, deviation_, unbiased_, newest_); }
  void check_state() const;

 private:
  /// What the mean so far and the new value count for; together 1.
  struct shares {
    double past, present;
  };
  shares shares_by_count();
  shares shares_by_time(std::int64_t time);
  double distance_to(double x) const;
  void take(double x, shares s);
  void set_mean(double large, double small);
  void widen(double x, shares s);
  void send_all(const udf::point& p, udf::emitter& out) const;

  const options& options_;
  double weight_ = 0;           // of all points, that of the newest being 1; 0: there is none yet
  double mean_ = 0, rest_ = 0;  // the mean is mean_ + rest_
  double deviation_ = 0;        // root of the weighted mean of squared distances from the mean
  double unbiased_ = 0;         // what the square of deviation_ is of the variance, on average
  std::int64_t newest_ = 0;
};

}  // namespace kapacitor::udf::functions
