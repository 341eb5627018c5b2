#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace kapacitor::udf::metrics {

/// How long pieces of work took: what came with one read, until it was answered.
struct work_times {
  /// The upper ends of the buckets but the last, which has no end: each ten times the one before.
  static constexpr std::array<std::chrono::nanoseconds, 7> ends{
      std::chrono::microseconds(10), std::chrono::microseconds(100), std::chrono::milliseconds(1),
      std::chrono::milliseconds(10), std::chrono::milliseconds(100), std::chrono::seconds(1),
      std::chrono::seconds(10)};

  void add(std::chrono::nanoseconds time) {
    std::size_t i = 0;
    while (i < ends.size() && time > ends[i]) ++i;
    ++counts[i];
    sum += static_cast<std::uint64_t>(time.count());
  }

  std::array<std::uint64_t, ends.size() + 1> counts{};  // of each bucket by itself
  std::uint64_t sum = 0;                                // ns
};

}  // namespace kapacitor::udf::metrics
