#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace kapacitor::udf::agent {

/// A message that goes out from where it was made, for it is too large to be copied.
class large_message {
 public:
  /// What of `bytes` comes at or after `begin`.
  void set(std::string bytes, std::size_t begin) {
    bytes_ = std::move(bytes);
    begin_ = begin;
  }
  bool empty() const { return bytes_.empty(); }
  std::string_view view() const { return std::string_view(bytes_).substr(begin_); }
  void consume(std::size_t n) {
    begin_ += n;
    if (begin_ < bytes_.size()) return;
    std::string().swap(bytes_);  // an assignment would keep the memory
    begin_ = 0;
  }

 private:
  std::string bytes_;
  std::size_t begin_ = 0;
};

}  // namespace kapacitor::udf::agent
