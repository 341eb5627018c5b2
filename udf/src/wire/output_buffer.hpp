#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>

namespace kapacitor::udf::wire {

/// Bytes on their way out. Grows without filling what it will write anyway, never shrinks below
/// what it needs in steady state.
///
/// Writing is in two steps, so that a whole message costs one check: grow(n), then put...().
class output_buffer {
 public:
  bool empty() const { return begin_ == end_; }
  std::size_t size() const { return end_ - begin_; }
  std::string_view view() const { return {bytes_.get() + begin_, size()}; }

  /// Makes room for `n` more bytes and returns where they go; advance() says how many were written.
  char* grow(std::size_t n) {
    if (capacity_ - end_ < n) make_room(n);
    return bytes_.get() + end_;
  }
  void advance(std::size_t n) { end_ += n; }

  void append(std::string_view bytes) {
    if (bytes.empty()) return;
    std::memcpy(grow(bytes.size()), bytes.data(), bytes.size());
    advance(bytes.size());
  }

  /// Forgets the first `n` bytes: they are written.
  void consume(std::size_t n) {
    begin_ += n;
    if (begin_ == end_) {
      begin_ = end_ = 0;
      if (capacity_ > keep_) release();
    }
  }
  /// Forgets everything behind the first `size` bytes.
  void truncate(std::size_t size) { end_ = begin_ + size; }
  void clear() { consume(size()); }

 private:
  // After a snapshot of many megabytes the memory goes back.
  static constexpr std::size_t keep_ = std::size_t{4} << 20;

  void make_room(std::size_t n);
  void release();

  std::unique_ptr<char[]> bytes_;
  std::size_t begin_ = 0, end_ = 0, capacity_ = 0;
};

}  // namespace kapacitor::udf::wire
