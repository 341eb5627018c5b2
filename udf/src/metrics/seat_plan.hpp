#pragma once

#include <algorithm>
#include <cstddef>
#include <deque>

#include "metrics/scoreboard.hpp"

namespace kapacitor::udf::metrics {

/// Which seats of a scoreboard are free. One that was left is not taken again at once: who had it
/// may still write there a last time.
class seat_plan {
 public:
  /// scoreboard::nowhere if none is free.
  std::size_t take() {
    if (left_.size() < rest && fresh_ < scoreboard::seats) return fresh_++;
    if (left_.empty()) return scoreboard::nowhere;
    const auto seat = left_.front();
    left_.pop_front();
    return seat;
  }
  /// Of a plan that was made elsewhere.
  void is_taken(std::size_t seat) {
    if (seat < scoreboard::seats) fresh_ = std::max(fresh_, seat + 1);
  }
  void leave(std::size_t seat) {
    if (seat < scoreboard::seats) left_.push_back(seat);
  }

 private:
  static constexpr std::size_t rest = 64;  // others are taken first

  std::size_t fresh_ = 0;
  std::deque<std::size_t> left_;
};

}  // namespace kapacitor::udf::metrics
