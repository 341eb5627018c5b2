#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>

namespace kapacitor::udf::server {

/// How much to read at once: much from fast functions, little from slow ones.
///
/// Answers leave after all that was read is worked off. With little at once, those of a slow
/// function leave soon, and a hang can be told from much work.
class adaptive_read_size {
 public:
  std::size_t bytes() const { return bytes_; }

  /// Working off what was read took so long.
  void learn(std::chrono::nanoseconds took) {
    using namespace std::chrono_literals;
    if (took > 50ms) {
      bytes_ = std::max(bytes_ / 4, least);
    } else if (took < 5ms) {
      bytes_ = std::min(bytes_ * 2, most);
    }
  }

 private:
  static constexpr std::size_t least = 256;  // about one point
  static constexpr std::size_t most = std::size_t{1} << 17;

  // A function is taken to be slow until it has shown otherwise.
  std::size_t bytes_ = least;
};

}  // namespace kapacitor::udf::server
