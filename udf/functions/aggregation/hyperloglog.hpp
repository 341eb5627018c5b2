#pragma once

#include <cstddef>
#include <cstdint>
#include <tuple>
#include <vector>

#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

/// How many different hashes have been added, from 2^precision registers of a byte.
///
/// A few hashes, up to 2^precision / 16, are kept as they are: most groups have few, and need no
/// registers then.
/// Error:  none while few; then with standard deviation 1.04 / √(2^precision) of the count
/// Cost:   add: O(1), while few O(few); estimate: O(2^precision)
/// Source: Flajolet, Fusy, Gandouet, Meunier, "HyperLogLog" (2007); the estimator is Ertl's, "New
///         cardinality estimation algorithms for HyperLogLog sketches" (2017), algorithm 6
class hyperloglog {
 public:
  explicit hyperloglog(std::int64_t precision) : precision_(static_cast<unsigned>(precision)) {}

  void add(std::uint64_t hash);
  double estimate() const;
  void clear();

  auto state() { return std::tie(few_, registers_); }
  void check_state() const;

 private:
  std::size_t size() const { return std::size_t{1} << precision_; }
  std::size_t most_few() const { return size() / 16; }
  void set(std::uint64_t hash);

  unsigned precision_;
  std::vector<std::uint64_t> few_;       // in order; empty once there are registers
  std::vector<std::uint8_t> registers_;  // empty while few
};

}  // namespace kapacitor::udf::functions
