#pragma once

#include <cstdint>
#include <tuple>

namespace kapacitor::udf::functions {

/// How rare a distance is among those that there have been, in the long run: from the distances
/// that one of ten and one of a hundred exceed. Beyond, the tail is taken to go on as it does
/// between them, as that of a Pareto distribution does, but never to be lighter than a Gaussian
/// one: rare large values, which recur, do not change what is usual.
///
/// Source: quantiles by stochastic approximation: H. Robbins and S. Monro, A stochastic
///         approximation method, Annals of Mathematical Statistics 22, 1951; in the logarithm, so
///         that no unit matters and one value, however large, moves them by a step only
/// Cost:   O(1); a logarithm for one value of a hundred
class rare_tail {
 public:
  /// No distance is rarer than 10 to the minus this.
  static constexpr double most = 12;

  /// −log10 of about how often there is such a distance or a greater one; 0 for a usual one,
  /// and for any of the first 30. What is not more than `noise` is none.
  double rarity(double distance, double noise) const;
  /// `slowest`: the step that the quantiles still do after many values, as a part of themselves.
  void learn(double distance, double noise, double slowest);
  /// The distance that one value of a hundred exceeds.
  double seldom() const { return seldom_; }

  auto state() { return std::tie(often_, seldom_, seen_); }
  bool is_possible() const;

 private:
  double often_ = 0, seldom_ = 0;  // exceeded by one of ten, one of a hundred
  std::uint64_t seen_ = 0;
};

}  // namespace kapacitor::udf::functions
