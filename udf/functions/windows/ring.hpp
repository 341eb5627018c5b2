#pragma once

#include <algorithm>
#include <cstddef>
#include <tuple>
#include <vector>

namespace kapacitor::udf::functions {

/// A queue of values at one piece of memory, which it keeps: no allocation once it has been as long
/// as it gets. Takes just the memory it needs, for there may be a million of them.
///
/// Cost: push_back and pop_front O(1) amortised, operator[] O(1)
template <class T>
class ring {
 public:
  std::size_t size() const { return count_; }
  bool empty() const { return count_ == 0; }
  /// The i-th, counted from the oldest.
  T& operator[](std::size_t i) { return slots_[place(i)]; }
  const T& operator[](std::size_t i) const { return slots_[place(i)]; }
  T& front() { return slots_[head_]; }
  const T& front() const { return slots_[head_]; }
  T& back() { return (*this)[count_ - 1]; }
  const T& back() const { return (*this)[count_ - 1]; }

  void push_back(T x) {
    if (count_ == slots_.size()) grow();
    slots_[place(count_)] = std::move(x);
    ++count_;
  }
  void pop_front() {
    head_ = head_ + 1 == slots_.size() ? 0 : head_ + 1;
    --count_;
  }
  void pop_back() { --count_; }
  void clear() { head_ = count_ = 0; }

  auto state() {
    straighten();
    slots_.resize(count_);
    return std::tie(slots_);
  }
  void check_state() {
    head_ = 0;
    count_ = slots_.size();
  }

 private:
  std::size_t place(std::size_t i) const {
    const auto at = head_ + i;
    return at < slots_.size() ? at : at - slots_.size();
  }
  void straighten() {
    std::rotate(slots_.begin(), slots_.begin() + static_cast<std::ptrdiff_t>(head_), slots_.end());
    head_ = 0;
  }
  void grow() {
    straighten();
    slots_.resize(std::max<std::size_t>(8, 2 * slots_.size()));
  }

  std::vector<T> slots_;
  std::size_t head_ = 0, count_ = 0;
};

}  // namespace kapacitor::udf::functions
