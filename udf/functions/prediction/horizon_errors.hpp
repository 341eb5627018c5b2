#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <tuple>

#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

/// How far forecasts of one horizon were from what came then.
///
/// A few forecasts are kept until their time has come, a quarter of the horizon after each other:
/// errors of forecasts that overlap more would tell little more.
///
/// Units: ahead, step: intervals
/// Cost:  O(1); 80 bytes
class horizon_errors {
 public:
  static constexpr std::uint64_t enough = 50;  // then the newest error counts 1/50

  /// Keeps the forecast that was made at `step` for `ahead` intervals later, if it is time for one.
  void keep(std::uint64_t step, std::uint64_t ahead, double forecast) {
    if (ahead == 1 || step < next_) return;  // of one interval the residuals tell all
    kept_[place_] = {step + ahead, forecast};
    place_ = static_cast<std::uint8_t>((place_ + 1) % kept_.size());
    next_ = step + std::max<std::uint64_t>(1, (ahead + kept_.size() - 1) / kept_.size());
  }
  /// The value of that step has come. `scale`: what an error is divided by.
  void compare(std::uint64_t step, double x, double scale) {
    for (auto& k : kept_) {
      if (k.step == 0 || k.step > step) continue;
      if (k.step == step) count((x - k.forecast) / scale);
      k.step = 0;
    }
  }
  /// The variance of a forecast: what a model expects, less and less as errors come, and not at all
  /// from the 20th on.
  double variance(double expected) const {
    constexpr double few = 20;
    const double part = std::min(1.0, static_cast<double>(counted_) / few);
    return (1 - part) * expected + part * variance_;
  }
  void clear() { *this = {}; }

  auto state() { return std::tie(kept_, place_, next_, counted_, variance_); }
  void check_state() const {
    const bool possible = place_ < kept_.size() && counted_ < (std::uint64_t{1} << 62) &&
                          variance_ >= 0 && variance_ <= most_variance &&
                          std::all_of(kept_.begin(), kept_.end(),
                                      [](const one& k) { return std::isfinite(k.forecast); });
    if (!possible) throw udf::state_error("the snapshot's errors of forecasts cannot be");
  }

 private:
  static constexpr double most_variance = 1e300;
  struct one {
    std::uint64_t step = 0;  // that it is for; 0: none
    double forecast = 0;
    auto state() { return std::tie(step, forecast); }
  };

  void count(double error) {
    const double square = error * error;
    if (std::isnan(square)) return;
    ++counted_;
    const double weight = 1 / static_cast<double>(std::min(counted_, enough));
    variance_ += weight * (std::min(square, most_variance) - variance_);
  }

  std::array<one, 4> kept_{};
  std::uint8_t place_ = 0;
  std::uint64_t next_ = 0, counted_ = 0;
  double variance_ = 0;
};

}  // namespace kapacitor::udf::functions
