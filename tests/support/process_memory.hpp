#pragma once

#include <sys/types.h>
#include <unistd.h>

#include <cstddef>
#include <fstream>
#include <string>

namespace test_support {

/// Bytes of memory that a process has for itself alone: without its program, and without the files
/// that it has mapped.
inline std::size_t own_memory(pid_t process = ::getpid()) {
  std::ifstream statm("/proc/" + std::to_string(process) + "/statm");
  std::size_t all = 0, resident = 0, of_files = 0;
  statm >> all >> resident >> of_files;
  return (resident - of_files) * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace test_support
