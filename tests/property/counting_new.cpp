#include "property/counting_new.hpp"

#include <cstdlib>
#include <new>

// By itself, where no compiler sees both a `new` and what it is made of.
namespace {
std::size_t count = 0;
}  // namespace

void* operator new(std::size_t n) {
  ++count;
  if (void* p = std::malloc(n == 0 ? 1 : n)) return p;
  throw std::bad_alloc();
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

}  // namespace kapacitor::udf::test
