#pragma once

#include <chrono>
#include <cstdint>

#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

/// The ns from one time to a later one. Unsigned, because the distance of two times may be beyond
/// an int64. If `to` is before `from`: the distance modulo 2^64.
inline std::uint64_t elapsed(std::int64_t from, std::int64_t to) {
  return static_cast<std::uint64_t>(to) - static_cast<std::uint64_t>(from);
}
inline std::uint64_t elapsed(udf::timestamp from, udf::timestamp to) {
  return elapsed(from.time_since_epoch().count(), to.time_since_epoch().count());
}

/// A duration that is not negative, to compare with what has elapsed.
inline std::uint64_t unsigned_ns(std::chrono::nanoseconds d) {
  return static_cast<std::uint64_t>(d.count());
}

}  // namespace kapacitor::udf::functions
