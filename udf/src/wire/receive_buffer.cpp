#include "wire/receive_buffer.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

#include <kapacitor/udf/detail/large_memory.hpp>

#if defined(__SANITIZE_ADDRESS__)
#define KAPACITOR_UDF_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define KAPACITOR_UDF_ASAN 1
#endif
#endif
#if defined(KAPACITOR_UDF_ASAN) && defined(KAPACITOR_UDF_POISON)
#include <sanitizer/asan_interface.h>
#endif

namespace kapacitor::udf::wire {
namespace {

// A view kept beyond its callback must not go on seeming to work.
void poison([[maybe_unused]] char* at, [[maybe_unused]] std::size_t n) {
#if defined(KAPACITOR_UDF_POISON)
  std::memset(at, 0xdd, n);
#if defined(KAPACITOR_UDF_ASAN)
  ASAN_POISON_MEMORY_REGION(at, n);
#endif
#endif
}

void unpoison([[maybe_unused]] char* at, [[maybe_unused]] std::size_t n) {
#if defined(KAPACITOR_UDF_ASAN) && defined(KAPACITOR_UDF_POISON)
  ASAN_UNPOISON_MEMORY_REGION(at, n);
#endif
}

/// Errors: std::bad_alloc, `old` is then as it was.
char* allocated(char* old, std::size_t size) {
  auto* bytes = static_cast<char*>(std::realloc(old, size));
  if (!bytes) throw std::bad_alloc();
  detail::prefer_large_pages(bytes, size);
  return bytes;
}

}  // namespace

receive_buffer::receive_buffer(std::size_t capacity)
    : usual_(capacity), capacity_(capacity), bytes_(allocated(nullptr, capacity)) {}

receive_buffer::~receive_buffer() {
  unpoison(bytes_.get(), capacity_);
}

std::span<char> receive_buffer::prepare(std::size_t least, std::size_t wanted) {
  const auto unread = end_ - begin_;
  if (unread == 0) begin_ = end_ = 0;
  const bool outgrown = capacity_ > usual_ && unread + least <= usual_;
  if (unread + least > capacity_ || outgrown) {
    reallocate(std::max(unread + std::max(least, wanted), usual_));
  } else if (begin_ > 0 && capacity_ - end_ < std::max(least, capacity_ / 4)) {
    unpoison(bytes_.get(), begin_);
    std::memmove(bytes_.get(), bytes_.get() + begin_, unread);
    begin_ = 0;
    end_ = unread;
  }
  unpoison(bytes_.get() + end_, capacity_ - end_);
  return {bytes_.get() + end_, capacity_ - end_};
}

void receive_buffer::consume(std::size_t n) {
  poison(bytes_.get() + begin_, n);
  begin_ += n;
}

void receive_buffer::erase(std::size_t at, std::size_t n) {
  char* const from = bytes_.get() + begin_ + at;
  std::memmove(from, from + n, end_ - begin_ - at - n);
  end_ -= n;
}

void receive_buffer::freed::operator()(char* bytes) const {
  std::free(bytes);
}

void receive_buffer::reallocate(std::size_t capacity) {
  unpoison(bytes_.get(), capacity_);
  std::memmove(bytes_.get(), bytes_.get() + begin_, end_ - begin_);
  char* const other = allocated(bytes_.get(), capacity);
  static_cast<void>(bytes_.release());  // realloc() has freed it
  bytes_.reset(other);
  end_ -= begin_;
  begin_ = 0;
  capacity_ = capacity;
}

}  // namespace kapacitor::udf::wire
