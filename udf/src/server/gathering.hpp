#pragma once

#include <chrono>
#include <cstddef>

namespace kapacitor::udf::server {

/// Whether to wait a moment for more before reading.
///
/// Kapacitor writes each message in two small pieces. A reader that wakes up for each of them
/// spends its time waking up; one that comes a moment later finds many. Worth it only while
/// wake-ups follow one another closely and bring little, and as long as waiting brings more: a peer
/// that waits for each answer is not kept waiting.
class gathering {
 public:
  static constexpr std::chrono::microseconds moment{50};

  /// Woken up after sleeping so long. Returns: whether to wait a moment now
  bool worthwhile(std::chrono::nanoseconds slept) {
    waited_ = false;
    if (pause_ > 0) {
      --pause_;
      return false;
    }
    waited_ = slept < moment && last_ < much;
    return waited_;
  }

  /// The wake-up brought so many bytes.
  void learn(std::size_t bytes) {
    last_ = bytes;
    if (!waited_) {
      without_ = bytes;
    } else if (bytes < 4 * without_) {
      pause_ = pause;
    }
  }

 private:
  static constexpr std::size_t much = 16384;
  static constexpr int pause = 256;  // wake-ups

  std::size_t last_ = 0;
  std::size_t without_ = 0;  // brought by the last wake-up without waiting
  int pause_ = 1;            // to learn that first
  bool waited_ = false;
};

}  // namespace kapacitor::udf::server
