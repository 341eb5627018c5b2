#pragma once

#include <string>
#include <vector>

#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

/// The points of a batch that lie outside Tukey's fences.
///
/// With the lower and the upper hinge, the medians of the lower and the upper half of the values
/// (of an odd number, the middle one belongs to both halves), a point is an outlier if it lies
/// below lower − spreads · (upper − lower) or above upper + spreads · (upper − lower).
/// Points without the field, or with a NaN or an infinity in it, are no outliers and do not count.
/// A batch of fewer than four values has none.
///
/// Shape:  batch of n points → batch of its outliers, unchanged and in their order; may be empty
/// Cost:   O(n log n) at the batch's end; memory of the largest batch so far
/// Source: John W. Tukey, Exploratory Data Analysis, 1977, chapter 2
class outliers {
 public:
  // Batches never interleave: one instance serves all groups.
  static constexpr auto scope = udf::scope::per_task;

  struct options {
    std::string field;
    double spreads = 1.5;

    static udf::schema<options> describe();
  };

  explicit outliers(const options& o) : options_(o) {}

  void on_begin(const udf::batch& b, udf::emitter& out);
  void on_point(const udf::point& p, udf::emitter& out);
  void on_end(const udf::batch_end& end, udf::emitter& out);

 private:
  const options& options_;
  std::optional<udf::batch_writer> answer_;
  udf::point_buffer points_;    // those with a value
  std::vector<double> values_;  // theirs, in the same order
  std::vector<double> sorted_;
};

}  // namespace kapacitor::udf::functions
