#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "base/numbers/number_row.hpp"

namespace kapacitor::udf::metrics {

/// A struct in memory that several processes share: one thread writes it, anybody reads it
/// meanwhile, nobody waits. Memory that is all 0 is a T that is all 0.
template <class T>
class shared_row {
 public:
  static constexpr std::size_t all = sizeof(T) / sizeof(std::uint64_t);

  /// `words`: how many numbers of 64 bits at its front are meant; the others stay as they are.
  void write(const T& value, std::size_t words = all) noexcept {
    const auto from = row_of(value);
    const auto turn = turn_.load(std::memory_order_relaxed) | 1;
    turn_.store(turn, std::memory_order_relaxed);
    // Who reads a new number sees the odd turn as well.
    for (std::size_t i = 0; i < words; ++i) what_[i].store(from[i], std::memory_order_release);
    turn_.store(turn + 1, std::memory_order_release);
  }

  /// What was written last; all 0 if nothing was, or if who writes has died while writing.
  T read() const noexcept {
    for (int looks = 0; looks < most_looks; ++looks) {
      const auto turn = turn_.load(std::memory_order_acquire);
      number_row<T> copy;
      for (std::size_t i = 0; i < all; ++i) copy[i] = what_[i].load(std::memory_order_acquire);
      if (turn % 2 == 0 && turn == turn_.load(std::memory_order_relaxed)) return from_row<T>(copy);
    }
    return {};
  }

 private:
  // A writer is done in far less time than it takes to look that often.
  static constexpr int most_looks = 1000;
  static_assert(std::atomic<std::uint64_t>::is_always_lock_free, "other processes share it");

  // Odd while it is written, so that who reads can see that it has read half of it.
  std::atomic<std::uint64_t> turn_;
  std::array<std::atomic<std::uint64_t>, all> what_;
};

}  // namespace kapacitor::udf::metrics
