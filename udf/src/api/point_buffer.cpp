#include <string_view>

#include "wire/point_decoder.hpp"
#include <kapacitor/udf/point_buffer.hpp>

namespace kapacitor::udf {

void point_buffer::push_back(const point& p) {
  bytes_.append(p.encoded_);
  ends_.push_back(bytes_.size());
}

const point& point_buffer::operator[](std::size_t i) {
  const auto begin = i == 0 ? 0 : ends_.at(i - 1);
  wire::point_decoder::decode(std::string_view(bytes_).substr(begin, ends_.at(i) - begin),
                              current_);
  return current_;
}

void point_buffer::clear() {
  bytes_.clear();
  ends_.clear();
}

}  // namespace kapacitor::udf
