#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace kapacitor::udf::detail {

/// A list that is filled again and again: what was in it is written over, never destroyed. Or it
/// shows the elements of others.
template <class T>
class reusable_list {
 public:
  void clear() {
    size_ = 0;
    borrowed_ = nullptr;
  }
  /// The next element, to be written over.
  [[gnu::always_inline]] T& next() {
    if (size_ == all_.size()) [[unlikely]] {
      grow();
    }
    return all_[size_++];
  }
  /// Shows others' elements, until clear(). Lifetime: as long as they live
  void borrow(std::span<const T> others) {
    borrowed_ = others.data();
    size_ = others.size();
  }
  std::span<const T> span() const { return {borrowed_ ? borrowed_ : all_.data(), size_}; }

 private:
  [[gnu::noinline]] void grow() { all_.resize(size_ < 4 ? 8 : 2 * size_); }

  std::vector<T> all_;
  std::size_t size_ = 0;
  const T* borrowed_ = nullptr;
};

}  // namespace kapacitor::udf::detail
