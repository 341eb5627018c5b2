#pragma once

#include <chrono>
#include <cstdint>

namespace kapacitor::udf::functions {

/// The ns from one time to another that is not before it. Unsigned, for the distance of two times
/// may be beyond an int64.
inline std::uint64_t elapsed(std::int64_t from, std::int64_t to) {
  return static_cast<std::uint64_t>(to) - static_cast<std::uint64_t>(from);
}

/// A duration that is not negative, to compare with what has elapsed.
inline std::uint64_t unsigned_ns(std::chrono::nanoseconds d) {
  return static_cast<std::uint64_t>(d.count());
}

}  // namespace kapacitor::udf::functions
