#include "sorted_values.hpp"

#include <algorithm>

namespace kapacitor::udf::functions {

void sorted_values::assign(std::span<const double> values) {
  clear();
  array_.assign(values.begin(), values.end());
  for (double& x : array_) x += 0.0;
  std::sort(array_.begin(), array_.end());
  if (array_.size() > most_in_array) use_leaves();
}

void sorted_values::use_leaves() {
  leaves_ = std::make_unique<counted_leaves>();
  leaves_->assign(array_);
  array_ = {};
}

}  // namespace kapacitor::udf::functions
