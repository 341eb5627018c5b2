#pragma once

#include <cstdint>
#include <optional>
#include <tuple>

#include "functions/detection/running_mean.hpp"

namespace kapacitor::udf::functions {

/// The result of a detector of changes for a point.
struct change_found {
  std::optional<double> score = {};  // 1 and more: a change. Empty: not tested at this point
  int direction = 0;                 // of the change, -1 or 1; 0: none
};

/// E. S. Page's cumulative sums, one for each direction: they grow while values deviate from a
/// reference by more than `drift`, and are never below 0.
///
/// The tabular CUSUM standardises by a reference that is given or learned from `warmup` values, and
/// then stays. Page-Hinkley's reference is the mean of all values so far.
///
/// Cost: O(1); 120 bytes
class cumulative_sums {
 public:
  struct settings {
    bool running_reference = false;  // Page-Hinkley
    double drift = 0, threshold = 1;
    double forgetting = 1;      // what remains of the sums from point to point
    std::uint64_t warmup = 30;  // values
    std::optional<double> target = {}, stddev = {};
  };

  change_found push(double x, const settings& s);
  /// Of the values since the last change; it is dated back to where its sum left 0.
  double mean() const { return since_.value(); }

  auto state() { return std::tie(reference_, spread_, up_, down_, since_); }
  void check_state() const;

 private:
  /// A sum, and the mean of the values since it left 0: the level after the change that it finds.
  struct sum {
    double value = 0;
    running_mean level = {};

    void add(double deviation, double x, const settings& s);
    auto state() { return std::tie(value, level); }
    void check_state() const;
  };

  std::optional<double> deviation(double x, const settings& s);
  double standardised(double x, const settings& s) const;
  void learn(double x, const settings& s);

  running_mean reference_;
  double spread_ = 0;  // standard deviation of the reference
  sum up_, down_;
  running_mean since_;
};

}  // namespace kapacitor::udf::functions
