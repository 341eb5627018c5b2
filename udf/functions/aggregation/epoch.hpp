#pragma once

#include <chrono>
#include <cstdint>

#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

/// Stretches of time of one length, one after the other, that begin at whole multiples of it since
/// 1970: [n · length, (n + 1) · length).
class epoch_grid {
 public:
  /// Below, the numbers of stretches would not leave room to reckon with.
  static constexpr std::chrono::nanoseconds least{1'000};

  explicit epoch_grid(std::chrono::nanoseconds length) : length_(length.count()) {}

  /// The number of the stretch that the time is in.
  std::int64_t number(std::int64_t time) const {
    const auto n = time / length_;
    return n * length_ > time ? n - 1 : n;
  }
  /// Where a stretch begins; at the ends of time, the first or the last time there is.
  udf::timestamp begin(std::int64_t number) const {
    if (number > INT64_MAX / length_) return udf::timestamp::max();
    if (number < INT64_MIN / length_) return udf::timestamp::min();
    return udf::timestamp(std::chrono::nanoseconds(number * length_));
  }
  /// The greatest number that a time has; the least is its negative, less one.
  std::int64_t most() const { return number(INT64_MAX); }

 private:
  std::int64_t length_;
};

}  // namespace kapacitor::udf::functions
