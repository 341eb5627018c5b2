#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <tuple>

#include "functions/detection/usual_range.hpp"
#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

/// The usual range about an exponentially weighted mean. Part of outlier_score.
///
/// mean ← mean + g · (x − mean), variance ← (1 − g) · (variance + g · (x − mean)²), with g = alpha;
/// or with g = 1 / weight, weight ← 1 + weight · 2^(−Δt / half life).
///
/// Cost:   O(1), 40 bytes
/// Source: Tony Finch, Incremental calculation of weighted mean and variance, 2009
class weighted_range {
 public:
  /// With a half life of 0 by alpha.
  weighted_range(double alpha, std::chrono::nanoseconds half_life)
      : alpha_(alpha), half_life_(static_cast<double>(half_life.count())) {}

  /// Empty with less than two values.
  std::optional<usual_range> range() const;
  std::uint64_t size() const { return count_; }
  void push(udf::timestamp time, double x);
  std::optional<udf::timestamp> newest() const {
    if (count_ == 0) return std::nullopt;
    return udf::timestamp(std::chrono::nanoseconds(newest_));
  }
  /// The newest point had another time than it said: this one.
  void set_back(udf::timestamp to) { newest_ = to.time_since_epoch().count(); }

  auto state() { return std::tie(mean_, variance_, weight_, newest_, count_); }
  void check_state() const;

 private:
  double gain(std::int64_t time);

  double alpha_, half_life_;
  double mean_ = 0, variance_ = 0;
  double weight_ = 0;        // of all values so far, that of the newest being 1
  std::int64_t newest_ = 0;  // ns since 1970
  std::uint64_t count_ = 0;
};

}  // namespace kapacitor::udf::functions
