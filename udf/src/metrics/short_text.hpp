#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace kapacitor::udf::metrics {

/// A text that shared memory can hold: `most` bytes of it, a multiple of 8; the rest is cut off.
template <std::size_t most>
class short_text {
 public:
  static constexpr std::size_t capacity = most;

  short_text() = default;
  explicit short_text(std::string_view text) : size_(std::min(text.size(), most)) {
    text.copy(bytes_.data(), size_);
  }
  /// Whoever has written it.
  std::string_view view() const {
    return {bytes_.data(), static_cast<std::size_t>(std::min<std::uint64_t>(size_, most))};
  }

 private:
  static_assert(most % sizeof(std::uint64_t) == 0);
  std::uint64_t size_ = 0;
  std::array<char, most> bytes_{};
};

}  // namespace kapacitor::udf::metrics
