#pragma once

#include <cstdint>

#include "drive/totals.hpp"

namespace kapacitor::udf::host {

/// Counts the points whose times cannot be meant, and warns of them: at the 1st, 2nd, 4th ... of
/// those ahead of the clock, and at the first of 1970, which another --precision would explain.
///
/// Cost: two comparisons for a point that is neither
class time_check {
 public:
  explicit time_check(totals& counts) : counts_(counts) {}

  void look_at(std::int64_t time) {
    if (time > latest_ || time < earliest_) judge(time);
  }

 private:
  void judge(std::int64_t time);
  void judge_future(std::int64_t time, std::int64_t ahead);

  static constexpr std::int64_t earliest_ = 31'536'000'000'000'000;  // ns: 1971

  totals& counts_;
  std::int64_t latest_ = INT64_MIN;  // ns: up to it nothing is ahead
};

}  // namespace kapacitor::udf::host
