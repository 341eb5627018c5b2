#include "functions/numeric/rare_tail.hpp"

#include <algorithm>
#include <cmath>

namespace kapacitor::udf::functions {
namespace {

constexpr double one_of_ten = 0.1, one_of_hundred = 0.01;
// Of a Gaussian distribution: the distance that one of a hundred exceeds in that of one of ten.
constexpr double gaussian_ratio = 1.56;
// The steps that lead fastest to the quantiles of a Gaussian distribution, times the values seen.
constexpr double step_of_often = 3, step_of_seldom = 13;
constexpr double largest_step = 0.2;
// `often_` may move faster: more values tell of it.
constexpr double faster = 5;
constexpr double least = 1e-150;   // less is none: denormals would be slow
constexpr std::uint64_t few = 30;  // tell nothing of what one of ten exceeds

double moved(double quantile, bool is_exceeded, double part, double step) {
  return quantile * (is_exceeded ? 1 + step * (1 - part) : 1 - step * part);
}

}  // namespace

double rare_tail::rarity(double distance, double noise) const {
  const double often = std::max(often_, noise);
  const double seldom = std::max(seldom_, often * gaussian_ratio);
  if (distance <= often || seen_ < few) return 0;
  if (!(seldom > 0)) return distance > noise ? most : 0;
  constexpr double of_seldom = 2;  // −log10 of one of a hundred
  if (distance <= seldom) return of_seldom * (distance - often) / (seldom - often);
  return std::min(most, of_seldom + std::log(distance / seldom) / std::log(seldom / often));
}

void rare_tail::learn(double distance, double noise, double slowest) {
  const double of_all = 1 / static_cast<double>(++seen_);
  if (seldom_ <= 0) {
    if (distance > noise) often_ = seldom_ = distance;
    return;
  }
  const double fast = std::min(largest_step, std::max(faster * slowest, step_of_often * of_all));
  const double slow = std::min(largest_step, std::max(slowest, step_of_seldom * of_all));
  often_ = std::max({moved(often_, distance > often_, one_of_ten, fast), noise, least});
  seldom_ = std::max(moved(seldom_, distance > seldom_, one_of_hundred, slow), often_);
}

bool rare_tail::is_possible() const {
  return std::isfinite(often_) && std::isfinite(seldom_) && often_ >= 0 && seldom_ >= often_;
}

}  // namespace kapacitor::udf::functions
