#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace kapacitor::udf::functions {

/// How many of the n sorted values are smaller than x. Without branches: where x lies is random,
/// and a branch that is foretold wrongly costs more than the whole search.
inline std::size_t count_smaller(const double* values, std::size_t n, double x) {
  const double* from = values;
  while (n > 1) {
    const auto half = n / 2;
    from += half & (std::size_t{0} - std::size_t{from[half - 1] < x});
    n -= half;
  }
  return static_cast<std::size_t>(from - values) + (n == 1 && *from < x ? 1 : 0);
}

/// Many values in order of size: leaves of sorted values, and a binary indexed tree of how many
/// each holds. Part of sorted_values.
///
/// Cost:   O(log n) amortised, up to some millions of values: leaves are split and merged rarely
///         enough that moving the list of them does not show. 12 to 24 bytes per value.
///         No allocation once it has been as long as it gets.
/// Source: Peter M. Fenwick, A New Data Structure for Cumulative Frequency Tables, 1994
class counted_leaves {
 public:
  static constexpr std::size_t room = 256;  // values in a leaf

  std::size_t size() const { return size_; }
  double operator[](std::size_t k) const;
  std::size_t rank(double x) const;
  void insert(double x);
  /// There must be one.
  void erase(double x);
  /// Replaces all by these, which are sorted.
  void assign(std::span<const double> sorted);

 private:
  std::size_t leaves() const { return counts_.size(); }
  double* leaf(std::size_t i) { return &pool_[places_[i] * room]; }
  const double* leaf(std::size_t i) const { return &pool_[places_[i] * room]; }
  std::size_t leaf_of(double x) const;
  void add_leaf(std::size_t i);
  void remove_leaf(std::size_t i);
  void split(std::size_t i);
  void merge_with_next(std::size_t i);
  void merge_if_small(std::size_t i);
  void find_places();
  void count_change(std::size_t i, std::uint32_t by);
  void count_anew();

  std::size_t size_ = 0;
  std::vector<double> pool_;
  std::vector<std::uint32_t> places_;  // in the pool, of the leaves in order, then of unused ones
  std::vector<double> least_;          // the smallest value of each leaf
  std::vector<std::uint32_t> counts_;
  std::vector<std::uint32_t> sums_;  // the tree over counts_, from 1
};

}  // namespace kapacitor::udf::functions
