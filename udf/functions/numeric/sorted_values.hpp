#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "functions/numeric/counted_leaves.hpp"

namespace kapacitor::udf::functions {

/// The values of a window in order of size, for medians and percentiles. No NaN; −0 becomes 0, so
/// that equal values are the same.
///
/// Up to 512 values one sorted array: nothing is faster, and nothing smaller. Beyond, leaves.
///
/// Cost: O(log n) beyond 512 values; until then a binary search and the move of a part of the
/// array; no allocation once it has been as long as it gets;
///       8 to 16 bytes per value up to 512 of them, 12 to 24 beyond
class sorted_values {
 public:
  static constexpr std::size_t most_in_array = 512;

  std::size_t size() const { return leaves_ ? leaves_->size() : array_.size(); }
  /// The k-th smallest, from 0.
  double operator[](std::size_t k) const { return leaves_ ? (*leaves_)[k] : array_[k]; }
  /// How many are smaller than x.
  std::size_t rank(double x) const { return leaves_ ? leaves_->rank(x) : place(x); }

  void insert(double x) {
    x += 0.0;  // −0 + 0 is 0
    if (!leaves_ && array_.size() == most_in_array) use_leaves();
    if (leaves_) return leaves_->insert(x);
    array_.insert(array_.begin() + static_cast<std::ptrdiff_t>(place(x)), x);
  }
  /// Removes one that is equal to x. There must be one.
  void erase(double x) {
    if (leaves_) return leaves_->erase(x);
    array_.erase(array_.begin() + static_cast<std::ptrdiff_t>(place(x)));
  }
  /// erase(old) and insert(x): moves only what lies between the two.
  void replace(double old, double x);
  void assign(std::span<const double> values);
  void clear() {
    array_.clear();
    leaves_.reset();
  }

 private:
  std::size_t place(double x) const { return count_smaller(array_.data(), array_.size(), x); }
  void use_leaves();

  std::vector<double> array_;
  std::unique_ptr<counted_leaves> leaves_;  // instead of array_
};

}  // namespace kapacitor::udf::functions
