#include <sys/mman.h>

#include <cstdint>

#include <kapacitor/udf/detail/large_memory.hpp>

namespace kapacitor::udf::detail {

void prefer_large_pages(void* at, std::size_t size) {
  constexpr std::uintptr_t page = std::uintptr_t{2} << 20;
  const auto first = (reinterpret_cast<std::uintptr_t>(at) + page - 1) & ~(page - 1);
  const auto end = (reinterpret_cast<std::uintptr_t>(at) + size) & ~(page - 1);
  if (size < 2 * page || first >= end) return;
  auto* pages = static_cast<char*>(at) + (first - reinterpret_cast<std::uintptr_t>(at));
  ::madvise(pages, end - first, MADV_HUGEPAGE);
}

}  // namespace kapacitor::udf::detail
