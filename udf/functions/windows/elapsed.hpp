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

/// The time that long before another, or the earliest one there is. `by` is not negative.
inline udf::timestamp before(udf::timestamp time, std::chrono::nanoseconds by) {
  return time < udf::timestamp::min() + by ? udf::timestamp::min() : time - by;
}
/// The time that long after another, or the last one there is. `by` is not negative.
inline udf::timestamp after(udf::timestamp time, std::chrono::nanoseconds by) {
  return time > udf::timestamp::max() - by ? udf::timestamp::max() : time + by;
}

}  // namespace kapacitor::udf::functions
