#pragma once

#include <signal.h>
#include <sys/types.h>

#include <cstdint>
#include <memory>

namespace kapacitor::udf::agent {
class session;
}

// What a report of a crash knows of the threads.
namespace kapacitor::udf::server {

/// The calling thread's stack for reports, as long as it lives: the report of a stack that has
/// overflowed needs another one.
class crash_stack {
 public:
  crash_stack();
  ~crash_stack();
  crash_stack(const crash_stack&) = delete;
  crash_stack& operator=(const crash_stack&) = delete;

 private:
  std::unique_ptr<char[]> bytes_;
};

/// The calling thread works for this session, as long as it lives.
class crash_place {
 public:
  explicit crash_place(const agent::session& s);
  ~crash_place();
  crash_place(const crash_place&) = delete;
  crash_place& operator=(const crash_place&) = delete;
};

/// The session that the calling thread works for; nullptr: none. In a signal handler, as those
/// below.
const agent::session* session_at_work();
/// Whether the address lies at the end of the calling thread's stack.
bool is_at_end_of_stack(std::uintptr_t address);
/// The number of the calling thread.
pid_t own_thread();
/// Some thread that works for a session; 0: none does.
pid_t thread_at_work();

}  // namespace kapacitor::udf::server
