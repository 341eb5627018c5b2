#pragma once

#include <cstddef>
#include <string>

namespace kapacitor::udf::detail {

/// Asks for large pages, from 4 MiB on: memory that is used for the first time is handed out page
/// by page, and for a snapshot of hundreds of megabytes that takes longer than writing it. Where
/// the system has none to give, nothing happens.
void prefer_large_pages(void* at, std::size_t size);

/// reserve(), with large pages.
inline void reserve_large(std::string& text, std::size_t size) {
  if (size <= text.capacity()) return;
  text.reserve(size);
  prefer_large_pages(text.data(), text.capacity());
}

}  // namespace kapacitor::udf::detail
