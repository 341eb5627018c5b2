#include "functions/numeric/sliding_moments.hpp"

#include <algorithm>

namespace kapacitor::udf::functions {

void sliding_moments::clear() {
  sum_.clear();
  squares_.clear();
  cubes_.clear();
  count_ = since_ = 0;
  rounding_shows_ = false;
}

double sliding_moments::sum() const {
  // The product with what it was rounded by: centre and rest may cancel.
  const auto n = static_cast<double>(count_);
  const double product = n * centre_;
  const double rounded_off = std::fma(n, centre_, -product);
  compensated_sum total = sum_;
  total.add(product);
  total.add(rounded_off);
  return total.value();
}

double sliding_moments::squares() const {
  const double s = sum_.value();
  return std::max(0.0, squares_.value() - s * (s / static_cast<double>(count_)));
}

double sliding_moments::cubes() const {
  const auto n = static_cast<double>(count_);
  const double m = sum_.value() / n;
  return cubes_.value() - 3 * m * squares_.value() + 2 * n * m * m * m;
}

}  // namespace kapacitor::udf::functions
