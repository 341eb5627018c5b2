#pragma once

#include <cstddef>
#include <cstdint>
#include <tuple>
#include <vector>

#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

/// Quantiles of any number of values from a bounded number of centroids: means of values that lie
/// next to each other, fewer for each the nearer they are to the smallest or greatest value.
///
/// A centroid at the quantile q has at most 2π √(q (1 − q)) / compression of all values, or one.
/// Up to 4 · compression values are held as they are.
/// Cost:   add: O(log compression) amortised; quantile: O(compression) after settle()
/// Source: Dunning, Ertl, "Computing extremely accurate quantiles using t-digests" (2019): the
///         merging digest with the scale function k1
class t_digest {
 public:
  explicit t_digest(std::int64_t compression)
      : compression_(static_cast<std::size_t>(compression)) {}

  void add(double x);
  void clear();
  std::int64_t count() const { return count_; }
  /// Puts the values that came in order and, where there are many, together. Before quantile().
  void settle();
  /// Interpolated linearly; exact for 0, 1 and as long as all values are held. There has to be one.
  double quantile(double q) const;

  auto state() { return std::tie(centroids_, settled_, count_); }
  void check_state() const;

 private:
  struct centroid {
    double mean = 0;
    std::int64_t weight = 1;
    auto state() { return std::tie(mean, weight); }
  };

  std::size_t limit() const { return 4 * compression_; }
  void sort();
  void compress();
  bool may_hold(std::int64_t before, std::int64_t weight) const;

  std::size_t compression_;
  std::vector<centroid> centroids_;  // in order, then the values that came since
  std::uint64_t settled_ = 0;        // how many are in order
  std::int64_t count_ = 0;
};

}  // namespace kapacitor::udf::functions
