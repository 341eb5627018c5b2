#include "server/crash_place.hpp"

#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <new>

namespace kapacitor::udf::server {
namespace {

constexpr std::size_t stack_size = std::size_t{128} << 10;  // of which backtrace() needs a tenth

using work = std::atomic<const agent::session*>;
thread_local work at_work = nullptr;
thread_local std::uintptr_t stack_end = 0;  // the lowest address of the thread's own stack; 0: ?

constexpr pid_t being_entered = -1;
/// A thread that works for sessions.
struct working_thread {
  std::atomic<pid_t> number{0};  // 0: there is none in this place; below: not yet
  work* at = nullptr;
};

// There before main(), and never destroyed.
std::array<working_thread, 1024> threads;  // as many as --threads allows

std::uintptr_t end_of_own_stack() {
  pthread_attr_t attributes;
  if (::pthread_getattr_np(::pthread_self(), &attributes) != 0) return 0;
  void* lowest = nullptr;
  std::size_t size = 0;
  const bool known = ::pthread_attr_getstack(&attributes, &lowest, &size) == 0;
  ::pthread_attr_destroy(&attributes);
  return known ? reinterpret_cast<std::uintptr_t>(lowest) : 0;
}

/// Beyond the last place a thread is not found, and that is all.
void enter_thread() {
  for (auto& thread : threads) {
    pid_t none = 0;
    if (!thread.number.compare_exchange_strong(none, being_entered)) continue;
    thread.at = &at_work;
    thread.number = own_thread();
    return;
  }
}
void leave_thread() {
  for (auto& thread : threads) {
    if (thread.number.load() == own_thread()) thread.number = 0;
  }
}

}  // namespace

pid_t own_thread() {
  return static_cast<pid_t>(::syscall(SYS_gettid));
}

bool is_at_end_of_stack(std::uintptr_t address) {
  constexpr std::uintptr_t around = std::uintptr_t{64} << 10;  // the guard, on either side
  return stack_end != 0 && address + around >= stack_end && address < stack_end + around;
}

const agent::session* session_at_work() {
  return at_work.load();
}

pid_t thread_at_work() {
  for (const auto& thread : threads) {
    const auto number = thread.number.load();
    if (number > 0 && thread.at->load()) return number;
  }
  return 0;
}

crash_stack::crash_stack() {
  enter_thread();
  stack_t before{};
  if (::sigaltstack(nullptr, &before) != 0 || (before.ss_flags & SS_DISABLE) == 0) return;
  bytes_.reset(new (std::nothrow) char[stack_size]);
  if (!bytes_) return;  // a thread without it works, too
  stack_t own{};
  own.ss_sp = bytes_.get();
  own.ss_size = stack_size;
  ::sigaltstack(&own, nullptr);
  stack_end = end_of_own_stack();
}

crash_stack::~crash_stack() {
  leave_thread();
  if (!bytes_) return;
  stack_t none{};
  none.ss_flags = SS_DISABLE;
  ::sigaltstack(&none, nullptr);
  stack_end = 0;
}

crash_place::crash_place(const agent::session& s) {
  at_work.store(&s, std::memory_order_relaxed);
}
crash_place::~crash_place() {
  at_work.store(nullptr, std::memory_order_relaxed);
}

}  // namespace kapacitor::udf::server
