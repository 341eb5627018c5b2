#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "base/numbers/random.hpp"

namespace kapacitor {

/// How long to wait before the next try: any time up to a limit that doubles with each failure.
///
/// Source: Brooker: Exponential Backoff And Jitter (2015), "full jitter"
class backoff {
 public:
  using nanoseconds = std::chrono::nanoseconds;
  struct limits {
    nanoseconds first = std::chrono::milliseconds(100);
    nanoseconds most = std::chrono::seconds(5);
  };

  backoff(limits l, std::uint64_t seed) : limits_(l), random_({seed, 0x6261636b}) {}

  nanoseconds next() {
    const auto limit = failures_ < 16 ? limits_.first * (1 << failures_) : limits_.most;
    ++failures_;
    const auto span = static_cast<double>(std::min(limit, limits_.most).count());
    return nanoseconds(static_cast<std::int64_t>(span * random_.uniform(draws_++)));
  }
  void succeeded() { failures_ = 0; }

 private:
  limits limits_;
  random_stream random_;
  int failures_ = 0;
  std::int64_t draws_ = 0;
};

}  // namespace kapacitor
