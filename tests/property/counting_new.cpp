#include "property/counting_new.hpp"

#include <atomic>
#include <cstdlib>
#include <new>

// By itself, where no compiler sees both a `new` and what it is made of.
namespace {
std::atomic<std::size_t> count = 0;
std::atomic<long> left = -1;  // allocations until one fails; negative: none does
}  // namespace

void* operator new(std::size_t n) {
  count.fetch_add(1, std::memory_order_relaxed);
  if (left.load(std::memory_order_relaxed) >= 0 && left.fetch_sub(1) == 0) {
    throw std::bad_alloc();
  }
  if (void* p = std::malloc(n == 0 ? 1 : n)) return p;
  throw std::bad_alloc();
}
// That of a sanitizer would not come through here.
void* operator new(std::size_t n, const std::nothrow_t&) noexcept {
  try {
    return operator new(n);
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}
void operator delete(void* p) noexcept {
  std::free(p);
}
void operator delete(void* p, std::size_t) noexcept {
  std::free(p);
}

namespace kapacitor::udf::test {

std::size_t allocations() {
  return count;
}

void fail_allocation(long after) {
  left = after;
}
bool allocation_has_failed() {
  return left < 0;
}

}  // namespace kapacitor::udf::test
