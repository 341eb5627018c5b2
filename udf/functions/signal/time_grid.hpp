#pragma once

#include <cstdint>
#include <limits>

namespace kapacitor::udf::functions {

/// Times that are multiples of a step, counted from the epoch.
///
/// Units: ns
class time_grid {
 public:
  explicit time_grid(std::int64_t step) : step_(step) {}

  /// Whether the grid times on either side of t can be said at all.
  bool reaches(std::int64_t t) const {
    using limits = std::numeric_limits<std::int64_t>;
    return t >= limits::min() + step_ && t <= limits::max() - step_;
  }
  /// The latest grid time that is not after t.
  std::int64_t at_or_before(std::int64_t t) const {
    const auto beyond = t % step_;
    return t - (beyond < 0 ? beyond + step_ : beyond);
  }
  std::int64_t step() const { return step_; }

 private:
  std::int64_t step_;
};

}  // namespace kapacitor::udf::functions
