#include "functions/signal/savgol_filter.hpp"

#include <algorithm>
#include <cmath>

namespace kapacitor::udf::functions {
namespace {

/// The weight of the i-th of n values, oldest first, in the best polynomial's value at the last.
///
/// By Gram's polynomials, which are orthogonal over the places 0 to n − 1 and here 1 at the last
/// one: the weight is the sum over k of p_k(i) / ∑ p_k². They follow from
/// (k + 1)(n − 1 − k) p_{k+1} = (2k + 1)(2i − n + 1) p_k − k (n + k) p_{k−1}, and their squares add
/// up to (n + k)! (n − 1 − k)! / ((2k + 1) (n − 1)!²).
double weight(std::size_t n, std::size_t degree, std::size_t i) {
  const auto count = static_cast<double>(n), last = count - 1;
  const double place = 2 * static_cast<double>(i) - last;
  double before = 0, p = 1, squares = count, sum = p / squares;
  for (std::size_t at = 0; at < std::min(degree, n - 1); ++at) {
    const auto k = static_cast<double>(at);
    const double next =
        ((2 * k + 1) * place * p - k * (count + k) * before) / ((k + 1) * (last - k));
    before = p;
    p = next;
    squares *= (count + k + 1) * (2 * k + 1) / ((last - k) * (2 * k + 3));
    sum += p / squares;
  }
  return sum;
}

}  // namespace

savgol_filter::savgol_filter(std::size_t size, std::size_t degree) : size_(size), degree_(degree) {
  for (std::size_t i = 0; i < size; ++i) weights_.push_back(weight(size, degree, i));
}

filtered savgol_filter::take(double x, filter_memory& m) const {
  auto& v = m.values;
  if (v.size() >= size_) v.pop_front();
  v.push_back(x);
  const auto n = v.size();
  // The weights add up to 1: only the distances from the newest count, and an offset costs nothing.
  double sum = 0;
  for (std::size_t i = 0; i + 1 < n; ++i) {
    sum += (n == size_ ? weights_[i] : weight(n, degree_, i)) * (v[i] - x);
  }
  const double y = x + sum;
  if (!std::isfinite(y)) return {};
  return {.value = y};
}

}  // namespace kapacitor::udf::functions
