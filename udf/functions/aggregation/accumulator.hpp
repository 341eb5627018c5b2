#pragma once

#include <cstdint>
#include <tuple>

#include "functions/numeric/compensated_sum.hpp"
#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

/// What is known of the values of a field in a stretch of time, whatever their number. Two of them
/// that follow each other merge into one.
///
/// Exact:  the sum is held to about 106 bits.
/// Cost:   O(1); 88 bytes
/// Source: variances by Welford (1962), merged by Chan, Golub and LeVeque (1979)
class accumulator {
 public:
  /// Takes a value in; times in any order. Of equal times the first is the one that came first.
  void add(std::int64_t time, double x, bool with_variance);
  /// Takes in what came later.
  void merge(const accumulator& later);

  std::int64_t count() const { return count_; }
  double min() const { return min_; }
  double max() const { return max_; }
  double first() const { return first_; }
  double last() const { return last_; }
  /// Not finite if it is beyond a double. So is the variance.
  double sum() const { return sum_.value(); }
  /// Of the sample: over count − 1. For at least two values.
  double variance() const { return squares_ / static_cast<double>(count_ - 1); }

  auto state() {
    return std::tie(count_, sum_, mean_, squares_, min_, max_, first_time_, first_, last_time_,
                    last_);
  }
  void check_state() const {
    // So that those of all panes of a window add up.
    constexpr auto most = std::int64_t{1} << 48;
    if (count_ < 0 || count_ > most) throw udf::state_error("the snapshot has an impossible count");
  }

 private:
  std::int64_t count_ = 0;
  compensated_sum sum_;
  double mean_ = 0, squares_ = 0;  // squares of the distances from the mean, summed
  double min_ = 0, max_ = 0;
  std::int64_t first_time_ = 0;
  double first_ = 0;
  std::int64_t last_time_ = 0;
  double last_ = 0;
};

inline void accumulator::add(std::int64_t time, double x, bool with_variance) {
  if (count_++ == 0) {
    sum_ = compensated_sum(x);
    mean_ = min_ = max_ = first_ = last_ = x;
    first_time_ = last_time_ = time;
    return;
  }
  sum_.add(x);
  if (with_variance) {
    const double distance = x - mean_;
    mean_ += distance / static_cast<double>(count_);
    squares_ += distance * (x - mean_);
  }
  if (x < min_) min_ = x;
  if (x > max_) max_ = x;
  if (time < first_time_) {
    first_time_ = time;
    first_ = x;
  }
  if (time >= last_time_) {
    last_time_ = time;
    last_ = x;
  }
}

inline void accumulator::merge(const accumulator& later) {
  if (later.count_ == 0) return;
  if (count_ == 0) {
    *this = later;
    return;
  }
  const auto before = static_cast<double>(count_), more = static_cast<double>(later.count_);
  const double distance = later.mean_ - mean_;
  count_ += later.count_;
  const double part = more / (before + more);
  mean_ += distance * part;
  squares_ += later.squares_ + distance * (distance * (before * part));
  sum_.add(later.sum_);
  if (later.min_ < min_) min_ = later.min_;
  if (later.max_ > max_) max_ = later.max_;
  last_time_ = later.last_time_;
  last_ = later.last_;
}

}  // namespace kapacitor::udf::functions
