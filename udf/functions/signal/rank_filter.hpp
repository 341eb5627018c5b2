#pragma once

#include <cstddef>
#include <optional>

#include "functions/signal/filter_method.hpp"

namespace kapacitor::udf::functions {

/// The median of the last `size` values; or, with a threshold, Hampel's identifier: the value
/// itself, unless it is too far from that median.
///
/// Memory: the values, oldest first, and the same in order of size
class rank_filter final : public filter_method {
 public:
  rank_filter(std::size_t size, std::optional<double> threshold)
      : size_(size), threshold_(threshold) {}

  filtered take(double x, filter_memory& m) const override;
  bool fits(std::size_t values) const override { return values <= size_; }
  void restore(filter_memory& m) const override;

 private:
  std::size_t size_;
  std::optional<double> threshold_;
};

}  // namespace kapacitor::udf::functions
