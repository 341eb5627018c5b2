#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace kapacitor::udf::detail {

/// A list that is filled again and again: what was in it is written over, never destroyed. Or one
/// that shows the elements of others.
template <class T>
class reusable_list {
 public:
  reusable_list() = default;
  reusable_list(const reusable_list& o) : all_(o.all_), size_(o.size_), first_(first_as(o)) {}
  reusable_list& operator=(const reusable_list& o) {
    if (this == &o) return *this;
    all_ = o.all_;
    size_ = o.size_;
    first_ = first_as(o);
    return *this;
  }
  reusable_list(reusable_list&&) noexcept = default;
  reusable_list& operator=(reusable_list&&) noexcept = default;
  ~reusable_list() = default;

  void clear() { size_ = 0; }
  /// The next element, to be written over.
  [[gnu::always_inline]] T& next() {
    if (size_ == all_.size()) [[unlikely]] {
      grow();
    }
    return all_[size_++];
  }
  /// Shows others' elements, until clear(). Lifetime: as long as they live
  void borrow(std::span<const T> others) {
    if (!all_.empty()) all_ = {};  // so that next() begins with a list of its own
    first_ = others.data();
    size_ = others.size();
  }
  std::span<const T> span() const { return {first_, size_}; }

 private:
  [[gnu::noinline]] void grow() {
    all_.resize(size_ < 4 ? 8 : 2 * size_);
    first_ = all_.data();
  }
  const T* first_as(const reusable_list& o) const { return all_.empty() ? o.first_ : all_.data(); }

  std::vector<T> all_;
  std::size_t size_ = 0;
  const T* first_ = nullptr;
};

}  // namespace kapacitor::udf::detail
