#include "base/text/held_text.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <limits>

namespace kapacitor {
namespace {

std::uint64_t memory_of_machine() {
  const auto pages = ::sysconf(_SC_PHYS_PAGES), size = ::sysconf(_SC_PAGESIZE);
  if (pages <= 0 || size <= 0) return std::uint64_t{4} << 30U;
  return static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(size);
}

/// What ulimit -v leaves.
std::uint64_t memory_of_process() {
  rlimit most{};
  const bool known = ::getrlimit(RLIMIT_AS, &most) == 0 && most.rlim_cur != RLIM_INFINITY;
  return known ? most.rlim_cur : std::numeric_limits<std::uint64_t>::max();
}

/// That of a container; "max", or no such file: there is no limit.
std::uint64_t memory_of_group() {
  std::uint64_t most = 0;
  std::ifstream file("/sys/fs/cgroup/memory.max");
  return file >> most ? most : std::numeric_limits<std::uint64_t>::max();
}

}  // namespace

std::size_t most_held_text() {
  static const auto most =
      std::min({memory_of_machine(), memory_of_group(), memory_of_process()}) / 4;
  return static_cast<std::size_t>(most);
}

std::string too_much_text(std::size_t most) {
  return "more than " + std::to_string(most >> 20U) + " MiB, a quarter of the memory there is";
}

}  // namespace kapacitor
