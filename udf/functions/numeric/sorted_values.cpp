#include "functions/numeric/sorted_values.hpp"

#include <algorithm>

namespace kapacitor::udf::functions {

void sorted_values::replace(double old, double x) {
  if (leaves_) {
    leaves_->erase(old);
    return insert(x);
  }
  x += 0.0;
  const auto at = [this](std::size_t i) { return array_.begin() + static_cast<std::ptrdiff_t>(i); };
  const auto from = place(old), to = place(x);
  if (to > from) {
    std::copy(at(from + 1), at(to), at(from));
    array_[to - 1] = x;
  } else {
    std::copy_backward(at(to), at(from), at(from + 1));
    array_[to] = x;
  }
}

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
