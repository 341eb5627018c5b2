#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>
#include <vector>

namespace kapacitor::udf::detail {

/// Instances of T by number, at addresses that do not change: a function may point into itself.
///
/// They lie in pages of up to 64 instances, so that adding one moves none. A page without any is
/// given back.
/// Cost: operator[]: no search; put: an allocation for each page.
template <class T>
class instances {
 public:
  instances() = default;
  instances(instances&& other) noexcept : pages_(std::exchange(other.pages_, {})) {}
  instances& operator=(instances&& other) noexcept {
    std::swap(pages_, other.pages_);
    return *this;
  }
  ~instances() {
    for (auto p = pages_.rbegin(); p != pages_.rend(); ++p) {
      for (std::size_t i = page_size; *p && i > 0; --i) {
        if ((*p)->has(i - 1)) std::destroy_at((*p)->at(i - 1));
      }
    }
  }

  T& operator[](std::size_t i) { return *std::launder(pages_[i / page_size]->at(i % page_size)); }
  bool has(std::size_t i) const {
    const auto at = i / page_size;
    return at < pages_.size() && pages_[at] && pages_[at]->has(i % page_size);
  }
  /// Makes the i-th instance of these options: one that is not there. Errors: what its constructor
  /// throws; there is none then.
  template <class O>
  T& put(std::size_t i, const O& o) {
    if (i / page_size >= pages_.size()) pages_.resize(i / page_size + 1);
    auto& p = pages_[i / page_size];
    if (!p) p = std::make_unique<page>();
    T* made = make(p->at(i % page_size), o);
    p->live |= bit(i);
    return *made;
  }
  /// Destroys the i-th instance.
  void remove(std::size_t i) {
    auto& p = pages_[i / page_size];
    p->live &= ~bit(i);
    std::destroy_at(std::launder(p->at(i % page_size)));
    if (p->live == 0) p.reset();
  }
  /// Destroys the i-th instance and makes a fresh one in its place. Errors: as of put()
  template <class O>
  T& renew(std::size_t i, const O& o) {
    auto& p = pages_[i / page_size];
    p->live &= ~bit(i);
    std::destroy_at(std::launder(p->at(i % page_size)));
    return put(i, o);
  }

 private:
  static constexpr std::size_t page_size = sizeof(T) >= 4096 ? 1 : sizeof(T) >= 256 ? 16 : 64;
  static std::uint64_t bit(std::size_t i) { return std::uint64_t{1} << i % page_size; }
  struct page {
    page() {}  // leaves the bytes as they are
    T* at(std::size_t i) { return reinterpret_cast<T*>(bytes + i * sizeof(T)); }
    bool has(std::size_t i) const { return (live >> i & 1) != 0; }
    alignas(T) std::byte bytes[page_size * sizeof(T)];
    std::uint64_t live = 0;  // a bit for each that is there
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
};

}  // namespace kapacitor::udf::detail
