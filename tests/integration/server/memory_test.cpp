// Every allocation of the server's threads fails in turn: only the connection concerned may suffer.

#include <atomic>
#include <cstdlib>
#include <new>

#include <gtest/gtest.h>

#include "fixture.hpp"

namespace {

std::atomic<long> left{-1};  // allocations until the one that fails; below 0: none does
std::atomic<bool> failed{false};
thread_local bool never_fails = false;  // the test's own thread

void* allocate(std::size_t n) {
  if (!never_fails && left.load(std::memory_order_relaxed) >= 0 && left-- == 0) {
    failed = true;
    throw std::bad_alloc();
  }
  if (void* p = std::malloc(n == 0 ? 1 : n)) return p;
  throw std::bad_alloc();
}

}  // namespace

void* operator new(std::size_t n) {
  return allocate(n);
}
// That of a sanitizer would not come through here.
void* operator new(std::size_t n, const std::nothrow_t&) noexcept {
  try {
    return allocate(n);
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}
// Inlined, gcc would see a free() of what a `new` has made.
[[gnu::noinline]] void operator delete(void* p) noexcept {
  std::free(p);
}
[[gnu::noinline]] void operator delete(void* p, std::size_t) noexcept {
  std::free(p);
}

namespace kapacitor::udf::test {
namespace {

/// A whole conversation; what comes back does not matter.
void converse(const running_server& s) {
  auto c = s.connect();
  c.send(frame_of(init_request({})) + points(3));
  c.half_close();
  c.receive_all();
}

/// Returns: how many of the four answers came.
std::size_t answers(const running_server& s) {
  auto c = s.connect();
  c.send(frame_of(init_request({})) + points(3));
  c.half_close();
  return c.receive_all().size();
}

TEST(ServerMemory, AnAllocationThatFailsEndsNoOtherConnection) {
  never_fails = true;
  running_server s;
  auto bystander = started_task(s.path("twice"), "bystander");
  constexpr long most = 2000;
  long n = 0;
  for (bool anything_failed = true; anything_failed && n < most; ++n) {
    failed = false;
    left = n;
    converse(s);
    left = -1;
    anything_failed = failed;
    ASSERT_EQ(answers(s), 4U) << "after allocation " << n << " failed";
  }
  EXPECT_GT(n, 20) << "so few allocations failed";
  EXPECT_LT(n, most) << "it never came to an end without a failure";
  bystander.send(points(1, 21));
  const auto answer = bystander.receive_answer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(field_of(*answer, "twice"), 42.0);
  EXPECT_TRUE(s.stop());
}

}  // namespace
}  // namespace kapacitor::udf::test
