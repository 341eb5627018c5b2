#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace kapacitor {

/// Durations, counted in buckets that are 1/16 of their value wide: quantiles to about 6 %, the
/// maximum exactly.
///
/// Units: ns
/// Cost:  a few ns per add(), 8 KiB
class histogram {
 public:
  void add(std::chrono::nanoseconds duration) noexcept;
  /// Everything that was added to another one.
  void merge(const histogram& other) noexcept;

  std::uint64_t count() const noexcept { return count_; }
  /// The sum.
  std::chrono::nanoseconds total() const noexcept { return std::chrono::nanoseconds(total_); }
  std::chrono::nanoseconds max() const noexcept { return std::chrono::nanoseconds(max_); }
  /// The duration that a part `q` in (0, 1] of those added did not exceed; 0 if there are none.
  std::chrono::nanoseconds quantile(double q) const noexcept;

 private:
  static constexpr unsigned bits = 4;  // of a value that choose the bucket, below the leading one
  static std::size_t bucket_of(std::uint64_t value) noexcept;
  static std::uint64_t top_of(std::size_t bucket) noexcept;

  std::array<std::uint64_t, (64 - bits + 1) << bits> buckets_{};
  std::uint64_t count_ = 0;
  std::int64_t total_ = 0, max_ = 0;
};

}  // namespace kapacitor
