#include "source/head_table.hpp"

#include <algorithm>

namespace kapacitor::generator {

void head_table::set(std::size_t row, std::string_view head) {
  if (head.size() + padding > stride_) widen((head.size() + 2 * padding) / padding * padding);
  std::copy(head.begin(), head.end(), texts_.begin() + static_cast<std::ptrdiff_t>(row * stride_));
  sizes_[row] = static_cast<std::uint32_t>(head.size());
}

void head_table::widen(std::size_t stride) {
  std::string wider(sizes_.size() * stride + padding, '\0');
  for (std::size_t row = 0; row < sizes_.size(); ++row) {
    const auto head = (*this)[row];
    std::copy(head.begin(), head.end(), wider.begin() + static_cast<std::ptrdiff_t>(row * stride));
  }
  texts_ = std::move(wider);
  stride_ = stride;
}

}  // namespace kapacitor::generator
