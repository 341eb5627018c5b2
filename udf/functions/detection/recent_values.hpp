#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <tuple>

namespace kapacitor::udf::functions {

/// The last twelve values and their median: a level that a few odd values do not move.
class recent_values {
 public:
  static constexpr std::size_t size = 12;

  bool is_full() const { return count_ == size; }
  /// Call it if it is full.
  double median() const { return 0.5 * sorted_[size / 2 - 1] + 0.5 * sorted_[size / 2]; }
  void add(double x);

  auto state() { return std::tie(values_, next_, count_); }
  bool is_possible() const {
    return next_ < size && count_ <= size && (count_ == size || next_ == count_) &&
           std::all_of(values_.begin(), values_.end(), [](double x) { return std::isfinite(x); });
  }
  /// After the state was read.
  void sort() {
    sorted_ = values_;
    std::sort(sorted_.begin(), sorted_.begin() + count_);
  }

 private:
  std::array<double, size> values_{};
  std::uint8_t next_ = 0, count_ = 0;
  std::array<double, size> sorted_{};  // follows from the values
};

/// One step of an insertion sort: from where the oldest value was, or from the end.
inline void recent_values::add(double x) {
  std::size_t i = count_;
  if (is_full()) {
    i = 0;
    while (i + 1 < size && sorted_[i] != values_[next_]) ++i;
  } else {
    ++count_;
  }
  for (; i > 0 && sorted_[i - 1] > x; --i) sorted_[i] = sorted_[i - 1];
  for (; i + 1 < count_ && sorted_[i + 1] < x; ++i) sorted_[i] = sorted_[i + 1];
  sorted_[i] = x;
  values_[next_] = x;
  next_ = next_ + 1 == size ? 0 : static_cast<std::uint8_t>(next_ + 1);
}

}  // namespace kapacitor::udf::functions
