#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <tuple>

#include "functions/numeric/fading.hpp"
#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

/// The pauses between the points of a series, and how much longer than any before one is.
class pauses {
 public:
  /// In usual pauses; 0 for the first points.
  double excess_until(udf::timestamp time) const;
  /// A point has come.
  void add(udf::timestamp time);
  /// ns
  double usual() const { return usual_; }
  double longest() const { return longest_; }

  auto state() { return std::tie(seen_, last_, usual_, longest_); }
  bool is_possible() const { return std::isfinite(usual_) && std::isfinite(longest_); }
  struct known {
    std::uint64_t seen;
    udf::timestamp last;
    double usual, longest;
  };
  void take_over(const known& k) {
    seen_ = k.seen, last_ = k.last, usual_ = k.usual, longest_ = k.longest;
  }

 private:
  double until(udf::timestamp time) const {
    return std::max(0.0, static_cast<double>(time.time_since_epoch().count()) -
                             static_cast<double>(last_.time_since_epoch().count()));
  }

  std::uint64_t seen_ = 0;
  udf::timestamp last_{};
  double usual_ = 0, longest_ = 0;  // ns between points
};

inline double pauses::excess_until(udf::timestamp time) const {
  constexpr std::uint64_t few = 5;
  if (seen_ <= few || !(usual_ > 0)) return 0;
  return std::max(0.0, until(time) - std::max(longest_, usual_)) / usual_;
}

inline void pauses::add(udf::timestamp time) {
  constexpr double memory = 40, forgetting = 1e-5;
  if (seen_ > 0) {
    const double pause = until(time);
    longest_ = std::max(longest_, pause) * (1 - forgetting);
    // A gap is not the usual thing, however long it is.
    const double counted = usual_ > 0 ? std::min(pause, 4 * usual_) : pause;
    approach(usual_, counted, static_cast<double>(seen_ - 1), memory);
  }
  last_ = time;
  ++seen_;
}

}  // namespace kapacitor::udf::functions
