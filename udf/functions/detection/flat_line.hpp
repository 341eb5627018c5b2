#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <tuple>

#include "functions/numeric/fading.hpp"

namespace kapacitor::udf::functions {

/// Notices a series that stands still: for how many points the value has not changed, against the
/// longest such run so far. Constant for a thousandth of its usual step counts as unchanged.
///
/// Series that change seldom have long runs, and are left alone; so are those of which fewer than a
/// hundred changes are known.
class flat_line {
 public:
  /// Takes a value in.
  /// Returns: the points of the run in those that it takes to be unusual; 0 until a run that was
  ///          reported is over
  double add(double x);
  /// The run is an alarm; one is enough.
  void report() { reported_ = true; }
  double run() const { return run_; }
  double longest() const { return longest_; }

  auto state() { return std::tie(held_, step_, run_, longest_, changes_, reported_); }
  bool is_possible() const {
    return std::isfinite(held_) && std::isfinite(step_) && step_ >= 0 && run_ >= 0 &&
           longest_ >= 1 && std::isfinite(run_) && std::isfinite(longest_);
  }

 private:
  double held_ = 0, step_ = 0;  // the run's first value; the mean change
  double run_ = 0, longest_ = 1;
  std::uint32_t changes_ = 0;
  bool reported_ = false;
};

inline double flat_line::add(double x) {
  constexpr double unchanged = 1e-3, step_memory = 100, forgetting = 1e-5;
  constexpr std::uint32_t enough_changes = 100;
  constexpr double times_longest = 2, and_points = 16;
  if (run_ > 0 && std::abs(x - held_) <= unchanged * step_) {
    ++run_;
  } else {
    longest_ = std::max(1.0, std::max(longest_, run_) * (1 - forgetting));
    if (run_ > 0) approach(step_, std::abs(x - held_), changes_, step_memory);
    if (changes_ < enough_changes) ++changes_;
    held_ = x;
    run_ = 1;
    reported_ = false;
  }
  if (changes_ < enough_changes || reported_) return 0;
  return run_ / (times_longest * longest_ + and_points);
}

}  // namespace kapacitor::udf::functions
