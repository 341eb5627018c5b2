#pragma once

#include <cstddef>
#include <vector>

#include "functions/signal/filter_method.hpp"

namespace kapacitor::udf::functions {

/// Savitzky and Golay's filter without delay: at the newest of the last `size` values, the value of
/// the polynomial of `degree` that fits them best. Until they are `size`, of those there are.
///
/// Memory: the values, oldest first
class savgol_filter final : public filter_method {
 public:
  savgol_filter(std::size_t size, std::size_t degree);

  filtered take(double x, filter_memory& m) const override;
  bool fits(std::size_t values) const override { return values <= size_; }

 private:
  std::size_t size_, degree_;
  std::vector<double> weights_;  // of a full window, oldest first
};

}  // namespace kapacitor::udf::functions
