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
/// A centroid at the quantile q has at most π √(q (1 − q)) / compression of all values, or one.
/// The last values, up to 4 · compression, are held as they are.
/// Cost:   add: O(log compression) amortised; quantile: O(compression)
///         8 bytes for each value held, 16 for each of about 1.3 · compression centroids
/// Source: Dunning, Ertl, "Computing extremely accurate quantiles using t-digests" (2019): the
///         merging digest, bounded as by the scale function k1
class t_digest {
 public:
  explicit t_digest(std::int64_t compression)
      : compression_(static_cast<std::size_t>(compression)) {}

  void add(double x);
  void clear();
  std::int64_t count() const { return count_; }
  /// Puts the values in order. Before quantile().
  void settle();
  /// Interpolated linearly; exact for 0, 1 and as long as all values are held. There has to be one.
  double quantile(double q) const;

  auto state() { return std::tie(centroids_, values_, count_); }
  void check_state() const;

 private:
  struct centroid {
    double mean = 0;
    std::int64_t weight = 1;
    auto state() { return std::tie(mean, weight); }
  };

  std::size_t most_values() const { return 4 * compression_; }
  /// More than there can be: two neighbours have together more than one may have.
  std::size_t most_centroids() const { return 3 * compression_ + 60; }
  void merge_values();
  bool may_hold(std::int64_t before, std::int64_t weight) const;
  template <class Visit>
  void in_order(Visit visit) const;

  std::size_t compression_;
  std::vector<centroid> centroids_;  // in order
  std::vector<double> values_;       // that came since
  std::int64_t count_ = 0;           // of all
};

}  // namespace kapacitor::udf::functions
