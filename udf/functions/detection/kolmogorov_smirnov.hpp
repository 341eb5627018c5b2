#pragma once

#include <cstdint>
#include <tuple>
#include <vector>

#include "functions/detection/batch_comparison.hpp"
#include "functions/windows/ring.hpp"
#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

/// Tests whether the values of a batch are distributed like those of the batches before it: the
/// two-sample Kolmogorov-Smirnov test.
///
/// The history is the last `batches` batches of the group that had a value, at most `maxPoints`
/// values; a batch is tested first and taken into the history then. Fewer than two values on either
/// side: no statistic and no p. A point without the field, or with a NaN or an infinity in it, does
/// not count.
///
/// Shape:  batch → one point at its tmax
/// Cost:   O(1) for a point; for a batch of m values with N in the history O(m log m + N), and
///         O(m · N) if p is exact; 16 bytes for each value of the history
/// Source: kolmogorov.hpp
class kolmogorov_smirnov {
 public:
  static constexpr auto provides = udf::edge::stream;

  struct options : batch_test_options {
    std::int64_t max_points = 100'000;

    options() { as = "ks"; }
    static udf::schema<options> describe();
    void check() { make_names(); }
  };

  explicit kolmogorov_smirnov(const options& o) : options_(o) {}

  void on_begin(const udf::batch&) { batch_.clear(); }
  void on_point(const udf::point& p, udf::emitter& out);
  void on_end(const udf::batch_end& end, udf::emitter& out);

  // Not the batch: Kapacitor begins it again.
  auto state() { return std::tie(values_, sizes_); }
  void check_state();

 private:
  void take_batch(udf::emitter& out);
  void thin_batch();
  bool make_room();

  const options& options_;
  std::vector<double> batch_;
  // The history: its values batch by batch, each in order of size, and all in order of size.
  ring<double> values_;
  ring<std::uint64_t> sizes_;
  std::vector<double> sorted_;
};

}  // namespace kapacitor::udf::functions
