#include "wire/output_buffer.hpp"

#include <algorithm>

namespace kapacitor::udf::wire {

void output_buffer::make_room(std::size_t n) {
  if (begin_ != 0 && begin_ >= size() && capacity_ - size() >= n) {
    std::memcpy(bytes_.get(), bytes_.get() + begin_, size());
  } else {
    const auto capacity = std::max({capacity_ * 2, size() + n, std::size_t{4096}});
    std::unique_ptr<char[]> larger(new char[capacity]);
    if (size() != 0) std::memcpy(larger.get(), bytes_.get() + begin_, size());
    bytes_ = std::move(larger);
    capacity_ = capacity;
  }
  end_ = size();
  begin_ = 0;
}

void output_buffer::release() {
  bytes_.reset();
  capacity_ = 0;
}

}  // namespace kapacitor::udf::wire
