#include "functions/detection/kolmogorov_distance.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <vector>

namespace kapacitor::udf::functions {
namespace {

double real(std::uint64_t n) {
  return static_cast<double>(n);
}

/// Of all orders of n1 and n2 values, each a path through a grid, the part that somewhere is as far
/// off as the distance. Summing what is beyond keeps small probabilities exact.
double exact(const kolmogorov_distance& d) {
  const auto shorter = std::min(d.n1, d.n2), longer = std::max(d.n1, d.n2);
  const auto common = std::gcd(shorter, longer);
  const auto per_row = shorter / common, per_column = longer / common;
  std::vector<double> beyond(shorter + 1);
  for (std::uint64_t i = 0; i <= longer; ++i) {
    for (std::uint64_t j = 0; j <= shorter; ++j) {
      const auto a = i * per_row, b = j * per_column;
      if ((a > b ? a - b : b - a) >= d.steps) {
        beyond[j] = 1;
      } else if (i + j == 0) {
        beyond[j] = 0;
      } else {
        const double last_is_long = real(i) / real(i + j);
        const double from_left = j > 0 ? beyond[j - 1] : 0;
        beyond[j] = last_is_long * beyond[j] + (1 - last_is_long) * from_left;
      }
    }
  }
  return beyond[shorter];
}

/// Twice the probability that a sample of n is as far off in one direction.
double twice_smirnov(double d, double n) {
  double sum = 0, log_of_choices = 0;  // n over j
  const auto last = static_cast<std::size_t>(n * (1 - d));
  for (std::size_t i = 0; i <= last; ++i) {
    const double j = real(i);
    const double reached = d + j / n, left = 1 - reached;
    if (left > 0)
      sum += std::exp(log_of_choices + (j - 1) * std::log(reached) + (n - j) * std::log(left));
    log_of_choices += std::log((n - j) / (j + 1));
  }
  return std::min(1.0, 2 * d * sum);
}

/// The limit's probability of x and more.
double kolmogorov_limit(double x) {
  using std::numbers::pi;
  if (x <= 0) return 1;
  double sum = 0;
  if (x < 1) {
    for (int k = 1; k <= 9; k += 2) sum += std::exp(-k * k * pi * pi / (8 * x * x));
    return 1 - std::sqrt(2 * pi) / x * sum;
  }
  for (int k = 1; k <= 6; ++k) sum += (k % 2 ? 1 : -1) * std::exp(-2 * k * k * x * x);
  return 2 * sum;
}

double asymptotic(const kolmogorov_distance& d) {
  const double n1 = real(d.n1), n2 = real(d.n2);
  const double n = std::max(1.0, std::nearbyint(n1 * n2 / (n1 + n2)));
  const double root = std::sqrt(n), x = root * d.value();
  if (x >= 1.2 && n <= 1'000) return twice_smirnov(d.value(), n);
  return kolmogorov_limit(x + 1 / (6 * root) + (x - 1) / (4 * n));
}

}  // namespace

double kolmogorov_distance::value() const {
  return real(steps) / (real(n1) / real(std::gcd(n1, n2)) * real(n2));
}

double kolmogorov_distance::p() const {
  constexpr std::uint64_t few = 20;
  const std::uint64_t most_pairs = std::min(n1, n2) <= few ? 2'000'000 : 100'000;
  const bool small = n1 <= most_pairs / n2;
  return std::clamp(small ? exact(*this) : asymptotic(*this), 0.0, 1.0);
}

kolmogorov_distance distance_of(std::span<const double> sorted1, std::span<const double> sorted2) {
  kolmogorov_distance result{.n1 = sorted1.size(), .n2 = sorted2.size()};
  const auto common = std::gcd(result.n1, result.n2);
  const auto per_value1 = result.n2 / common, per_value2 = result.n1 / common;
  std::size_t i = 0, k = 0;
  while (i < sorted1.size() && k < sorted2.size()) {
    const double x = std::min(sorted1[i], sorted2[k]);
    while (i < sorted1.size() && sorted1[i] == x) ++i;
    while (k < sorted2.size() && sorted2[k] == x) ++k;
    const auto a = i * per_value1, b = k * per_value2;
    result.steps = std::max(result.steps, a > b ? a - b : b - a);
  }
  return result;
}

}  // namespace kapacitor::udf::functions
