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
  static constexpr std::int64_t usual_compression = 200;

  explicit t_digest(std::int64_t compression = usual_compression)
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

  /// The mean of some values that lie next to each other, and how many they are.
  struct centroid {
    double mean = 0;
    std::int64_t weight = 1;
    auto state() { return std::tie(mean, weight); }
  };

 private:
  friend class t_digest_union;

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

/// Quantiles of all that several digests hold. Nothing is merged, so that the error is no larger
/// than theirs.
///
/// Cost: add(): O(compression); the first quantile(): O(n log n) of all centroids and values
class t_digest_union {
 public:
  void clear();
  void add(const t_digest& d);
  std::int64_t count() const { return count_; }
  /// As t_digest::quantile(). There has to be a value.
  double quantile(double q);

 private:
  std::vector<t_digest::centroid> all_;
  std::int64_t count_ = 0;
  bool in_order_ = true;
};

}  // namespace kapacitor::udf::functions
