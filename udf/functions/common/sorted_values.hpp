#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

namespace kapacitor::udf::functions {

/// The values of a window in order of size, for medians and percentiles. No NaN.
class sorted_values {
 public:
  std::size_t size() const { return values_.size(); }
  /// The k-th smallest, from 0.
  double operator[](std::size_t k) const { return values_[k]; }
  /// How many are smaller than x.
  std::size_t rank(double x) const {
    return static_cast<std::size_t>(std::lower_bound(values_.begin(), values_.end(), x) -
                                    values_.begin());
  }

  void insert(double x) { values_.insert(std::upper_bound(values_.begin(), values_.end(), x), x); }
  /// Removes one that is equal to x. There must be one.
  void erase(double x) { values_.erase(std::lower_bound(values_.begin(), values_.end(), x)); }
  void assign(std::span<const double> values) {
    values_.assign(values.begin(), values.end());
    std::sort(values_.begin(), values_.end());
  }
  void clear() { values_.clear(); }

 private:
  std::vector<double> values_;
};

}  // namespace kapacitor::udf::functions
