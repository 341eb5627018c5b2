#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace kapacitor::generator {

/// What the lines of each series begin with, side by side in memory.
///
/// Threads: one at a time to change it
class head_table {
 public:
  explicit head_table(std::size_t rows) : sizes_(rows) {}

  void set(std::size_t row, std::string_view head);
  /// Its text; padding may be read beyond its end.
  std::string_view operator[](std::size_t row) const {
    return {texts_.data() + row * stride_, sizes_[row]};
  }
  std::size_t longest() const { return stride_; }

  static constexpr std::size_t padding = 16;

 private:
  void widen(std::size_t stride);

  std::size_t stride_ = 0;
  std::string texts_;
  std::vector<std::uint32_t> sizes_;
};

}  // namespace kapacitor::generator
