#pragma once

#include <cstdint>
#include <tuple>

#include "functions/detection/batch_comparison.hpp"
#include "functions/detection/running_mean.hpp"
#include "functions/windows/ring.hpp"
#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

/// Tests whether the mean of a batch is that of the batches before it: Welch's t-test, or
/// Student's.
///
/// The history is the last `batches` batches of the group that had a value, all values taken
/// together; a batch is tested first and taken into the history then. Fewer than two values on
/// either side: no statistic and no p. A point without the field, or with a NaN or an infinity in
/// it, does not count.
///
/// Shape:  batch → one point at its tmax
/// Cost:   O(1) for a point, O(batches) for a batch, no allocation; 32 bytes for each batch of the
///         history
/// Source: B. L. Welch, The generalization of "Student's" problem, Biometrika 34, 1947
class welch {
 public:
  static constexpr auto provides = udf::edge::stream;

  struct options : batch_test_options {
    bool student = false;

    options() { as = "t"; }
    static udf::schema<options> describe();
    void check() { make_names(); }
  };

  explicit welch(const options& o) : options_(o) {}

  void on_begin(const udf::batch&) { batch_ = {}; }
  void on_point(const udf::point& p, udf::emitter& out);
  void on_end(const udf::batch_end& end, udf::emitter& out);

  // Not the batch: Kapacitor begins it again.
  auto state() { return std::tie(history_); }
  void check_state() const;

 private:
  /// Number, mean and sum of squared deviations from it.
  struct moments {
    running_mean mean = {};
    double squares = 0;

    void add(double x);
    double variance() const { return squares / static_cast<double>(mean.count() - 1); }
    auto state() { return std::tie(mean, squares); }
    void check_state() const;
  };

  moments reference() const;
  void test(const moments& reference, batch_verdict& verdict) const;

  const options& options_;
  moments batch_;
  ring<moments> history_;
};

}  // namespace kapacitor::udf::functions
