#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace kapacitor::udf::wire {

/// Received bytes, waiting to be read as frames.
///
///     |  consumed  |  readable()   |  prepare()   |
///     0          begin_          end_         capacity_
///
/// Consumed bytes are reclaimed lazily: the readable rest, at most one message, moves to the front
/// only when the free end becomes too small. With KAPACITOR_UDF_POISON, consumed bytes are
/// overwritten (and poisoned under AddressSanitizer), so that a view kept too long shows at once.
class receive_buffer {
 public:
  explicit receive_buffer(std::size_t capacity = std::size_t{256} << 10);
  ~receive_buffer();
  receive_buffer(const receive_buffer&) = delete;
  receive_buffer& operator=(const receive_buffer&) = delete;

  /// Where to receive: at least `least` bytes. Where it must grow for them it makes room for
  /// `wanted`: a long message that comes in pieces would otherwise be copied with each of them.
  std::span<char> prepare(std::size_t least = 1, std::size_t wanted = 0);
  /// So many bytes were received.
  void commit(std::size_t n) { end_ += n; }
  std::string_view readable() const { return {bytes_.get() + begin_, end_ - begin_}; }
  /// Takes `n` bytes out of the readable ones, from `at` on.
  void erase(std::size_t at, std::size_t n);
  /// The last `n` readable bytes were received in vain.
  void drop_back(std::size_t n) { end_ -= n; }
  std::size_t capacity() const { return capacity_; }
  /// The first `n` readable bytes are done with.
  void consume(std::size_t n);

 private:
  void reallocate(std::size_t capacity);

  std::size_t usual_;
  std::size_t capacity_;
  // Not new[]: a large one that grows is moved by realloc() without being copied.
  struct freed {
    void operator()(char* bytes) const;
  };
  std::unique_ptr<char[], freed> bytes_;
  std::size_t begin_ = 0, end_ = 0;
};

}  // namespace kapacitor::udf::wire
