#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>
#include <vector>

namespace kapacitor::udf::detail {

/// Instances of T by number, at addresses that do not change: a function may point into itself.
///
/// They lie in pages of up to 64 instances, so that adding one moves none.
/// Cost: operator[]: no search; add: an allocation for each page.
template <class T>
class instances {
 public:
  instances() = default;
  instances(instances&& other) noexcept
      : pages_(std::exchange(other.pages_, {})),
        size_(std::exchange(other.size_, 0)),
        destroyed_(std::exchange(other.destroyed_, none)) {}
  instances& operator=(instances&& other) noexcept {
    std::swap(pages_, other.pages_);
    std::swap(size_, other.size_);
    std::swap(destroyed_, other.destroyed_);
    return *this;
  }
  ~instances() {
    for (std::size_t i = size_; i > 0; --i) {
      if (i - 1 != destroyed_) std::destroy_at(&(*this)[i - 1]);
    }
  }

  T& operator[](std::size_t i) {
    return *std::launder(
        reinterpret_cast<T*>(pages_[i / page_size]->bytes + i % page_size * sizeof(T)));
  }
  /// Makes the next instance of these options. Errors: what its constructor throws; none is added.
  template <class O>
  T& add(const O& o) {
    if (size_ == pages_.size() * page_size) pages_.push_back(std::make_unique<page>());
    auto* at = pages_[size_ / page_size]->bytes + size_ % page_size * sizeof(T);
    T* made = make(at, o);
    ++size_;
    return *made;
  }
  /// Destroys the i-th instance and makes a fresh one in its place.
  template <class O>
  T& renew(std::size_t i, const O& o) {
    T& old = (*this)[i];
    std::destroy_at(&old);
    // If the constructor throws there is no object here. That ends the task; ~instances must know.
    destroyed_ = i;
    T* made = make(&old, o);
    destroyed_ = none;
    return *made;
  }
  std::size_t size() const { return size_; }

 private:
  static constexpr auto none = static_cast<std::size_t>(-1);
  static constexpr std::size_t page_size = sizeof(T) >= 4096 ? 1 : sizeof(T) >= 256 ? 16 : 64;
  struct page {
    page() {}  // leaves the bytes as they are
    alignas(T) std::byte bytes[page_size * sizeof(T)];
  };

  template <class O>
  static T* make(void* at, const O& o) {
    if constexpr (std::is_constructible_v<T, const O&>) {
      return ::new (at) T(o);
    } else {
      static_assert(std::is_default_constructible_v<T>,
                    "a function needs a constructor that takes const options&, or none");
      return ::new (at) T();
    }
  }

  std::vector<std::unique_ptr<page>> pages_;
  std::size_t size_ = 0;
  std::size_t destroyed_ = none;
};

}  // namespace kapacitor::udf::detail
