#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace kapacitor::udf::detail {

/// A list that is filled again and again: what was in it is written over, never destroyed.
template <class T>
class reusable_list {
 public:
  void clear() { size_ = 0; }
  /// The next element, to be written over.
  [[gnu::always_inline]] T& next() {
    if (size_ == all_.size()) [[unlikely]] {
      grow();
    }
    return all_[size_++];
  }
  void assign(std::span<const T> others) {
    clear();
    for (const auto& x : others) next() = x;
  }
  std::span<const T> span() const { return {all_.data(), size_}; }

 private:
  [[gnu::noinline]] void grow() { all_.resize(size_ < 4 ? 8 : 2 * size_); }

  std::vector<T> all_;
  std::size_t size_ = 0;
};

}  // namespace kapacitor::udf::detail
