#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "base/line/batch.hpp"

namespace kapacitor::generator {

/// ns since 1970-01-01 UTC, as the machine's clock has it.
inline std::int64_t wall_time() {
  using namespace std::chrono;
  return duration_cast<nanoseconds>(system_clock::now().time_since_epoch()).count();
}

/// Notices that the machine's clock was set, or stood still in a suspend, against the steady one.
///
/// Units:   wall times are ns since 1970-01-01 UTC
/// Threads: one at a time
class clock_watch {
 public:
  clock_watch() = default;
  clock_watch(steady_time steady, std::int64_t wall) : steady_(steady), wall_(wall) {}

  /// By how much, the first time that it is a second or more.
  std::optional<std::chrono::nanoseconds> moved(steady_time steady, std::int64_t wall) {
    const std::chrono::nanoseconds apart =
        std::chrono::nanoseconds(wall - wall_) - (steady - steady_);
    if (reported_ || std::chrono::abs(apart) < std::chrono::seconds(1)) return std::nullopt;
    reported_ = true;
    return apart;
  }

 private:
  steady_time steady_{};
  std::int64_t wall_ = 0;
  bool reported_ = false;
};

}  // namespace kapacitor::generator
