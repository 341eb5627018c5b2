#include "bench/usage.hpp"

#include <unistd.h>

#include <ctime>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>
#include <vector>

namespace kapacitor::udf::host::bench {
namespace {

namespace fs = std::filesystem;

std::string folder_of(pid_t pid) {
  return "/proc/" + std::to_string(pid);
}

/// The number behind "name:" in a status file, 0 if there is none.
std::uint64_t status_number(const std::string& file, const std::string& name) {
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with(name + ":")) return std::stoull(line.substr(name.size() + 1));
  }
  return 0;
}

std::uint64_t wakeups_of(pid_t pid) {
  std::uint64_t n = 0;
  std::error_code gone;
  for (const auto& thread : fs::directory_iterator(folder_of(pid) + "/task", gone)) {
    n += status_number(thread.path() / "status", "voluntary_ctxt_switches");
  }
  return n;
}

double cpu_of(pid_t pid) {
  clockid_t cpu_clock{};
  timespec spent{};
  if (::clock_getcpuclockid(pid, &cpu_clock) != 0 || ::clock_gettime(cpu_clock, &spent) != 0)
    return 0;
  return static_cast<double>(spent.tv_sec) + static_cast<double>(spent.tv_nsec) / 1e9;
}

/// Adds the process and its descendants.
void add_family(pid_t pid, std::vector<pid_t>& all) {
  all.push_back(pid);
  std::error_code gone;
  for (const auto& thread : fs::directory_iterator(folder_of(pid) + "/task", gone)) {
    std::ifstream children(thread.path() / "children");
    for (pid_t child = 0; children >> child;) add_family(child, all);
  }
}

std::vector<pid_t> members_of(const watched& who) {
  std::vector<pid_t> all;
  if (who.pid > 0 && !who.group) add_family(who.pid, all);
  if (!who.group) return all;
  if (who.pid > 0) all.push_back(who.pid);
  std::error_code gone;
  for (const auto& entry : fs::directory_iterator("/proc", gone)) {
    const auto name = entry.path().filename().string();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    const auto pid = static_cast<pid_t>(std::stol(name));
    if (pid != who.pid && ::getpgid(pid) == who.pid) all.push_back(pid);
  }
  return all;
}

}  // namespace

usage usage_of(const watched& who) {
  usage sum;
  for (const auto pid : members_of(who)) {
    const auto status = folder_of(pid) + "/status";
    sum.cpu += cpu_of(pid);
    sum.peak += status_number(status, "VmHWM") * 1024;
    sum.resident += status_number(status, "VmRSS") * 1024;
    sum.wakeups += wakeups_of(pid);
  }
  return sum;
}

}  // namespace kapacitor::udf::host::bench
