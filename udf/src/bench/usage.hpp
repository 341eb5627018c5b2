#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>

namespace kapacitor::udf::host::bench {

/// What a process has used since it began.
struct usage {
  double cpu = 0;             // seconds, user and system, of all its threads
  std::size_t peak = 0;       // bytes: the most memory it has had
  std::size_t resident = 0;   // bytes: what it has now
  std::uint64_t wakeups = 0;  // times that one of its threads was put back to work
};

/// Whose usage: a process and those that it has started, such as the workers of a server; or all of
/// a process group, as a command may start others and leave them.
struct watched {
  pid_t pid = 0;
  bool group = false;
};

/// The figures that can be read now: none of a process that has ended.
/// Source: /proc/PID/status, and the process's CPU clock, which counts in ns
usage usage_of(const watched& who);

}  // namespace kapacitor::udf::host::bench
