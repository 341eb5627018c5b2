#pragma once

#include <algorithm>
#include <cstddef>
#include <exception>
#include <string>

namespace kapacitor::udf::detail {

/// Asks for large pages, from 4 MiB on: memory that is used for the first time is handed out page
/// by page, and for a snapshot of hundreds of megabytes that takes longer than writing it. Where
/// the system has none to give, nothing happens.
void prefer_large_pages(void* at, std::size_t size);

/// reserve(), with large pages, of at most `most` bytes and of a gibibyte.
///
/// A hint: the size is an estimate, and if that memory is not to be had the text grows as it is
/// written.
inline void reserve_large(std::string& text, std::size_t size, std::size_t most) noexcept {
  constexpr std::size_t most_at_once = std::size_t{1} << 30;
  size = std::min({size, most, most_at_once});
  if (size <= text.capacity()) return;
  try {
    text.reserve(size);
  } catch (const std::exception&) {
    return;
  }
  prefer_large_pages(text.data(), text.capacity());
}

}  // namespace kapacitor::udf::detail
