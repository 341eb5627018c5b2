#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <tuple>
#include <vector>

#include "functions/detection/cumulative_sums.hpp"
#include "functions/detection/running_mean.hpp"

namespace kapacitor::udf::functions {

/// ADWIN: a window that grows while its values have one mean, and loses its oldest ones when they
/// differ from the rest.
///
/// Values are kept as an exponential histogram: buckets of 1, 2, 4 ... values, of each size at most
/// five, with the mean and the standard deviation of each.
///
/// Units:  size, clock: values
/// Cost:   O(1) amortised and O(log window) at each `clock`-th value; 104 bytes for each size of
///         buckets, of which there are about log2(window / 5)
/// Source: Bifet and Gavaldà, Learning from Time-Changing Data with Adaptive Windowing, SDM 2007
class adaptive_window {
 public:
  struct settings {
    double delta = 0.002;      // confidence that is missing at a cut
    std::uint64_t clock = 32;  // looks for a cut at every clock-th value
    std::uint64_t size = 0;    // values it holds at most; 0: any number
  };

  change_found push(double x, const settings& s);
  double mean() const { return mean_.value(); }

  auto state() { return std::tie(rows_, mean_, since_look_); }
  void check_state() const;

 private:
  static constexpr std::size_t most_of_a_size = 5;

  struct bucket {
    double mean = 0, spread = 0;
    auto state() { return std::tie(mean, spread); }
    void check_state() const;
  };
  /// The buckets of one size, oldest first.
  struct row {
    std::uint8_t count = 0;
    std::array<bucket, most_of_a_size + 1> buckets = {};

    void push_back(const bucket& b) { buckets[count++] = b; }
    void drop_oldest(std::size_t n);
    auto state() { return std::tie(count, buckets); }
    void check_state() const;
  };
  struct split {
    double score = 0;
    int direction = 0;
  };

  static bucket merged(const bucket& older, const bucket& newer);
  static double of_row(std::size_t r) { return static_cast<double>(std::uint64_t{1} << r); }
  template <class F>
  void for_each_bucket(F f) const;

  void insert(double x);
  void drop_oldest();
  void settle_mean();
  double half_deviation() const;
  split strongest_split(double delta) const;

  std::vector<row> rows_;  // the r-th is of buckets of 2^r values
  running_mean mean_;      // of all buckets
  std::uint64_t since_look_ = 0;
};

}  // namespace kapacitor::udf::functions
