#include "base/metrics/process_metrics.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

namespace kapacitor {
namespace {

double seconds_of(const timeval& t) {
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
}

double cpu_seconds() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  return seconds_of(used.ru_utime) + seconds_of(used.ru_stime);
}

double resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::uint64_t all = 0, resident = 0;
  statm >> all >> resident;
  return static_cast<double>(resident) * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

double open_descriptors() {
  std::error_code error;
  const std::filesystem::directory_iterator all("/proc/self/fd", error);
  return error ? 0 : static_cast<double>(std::distance(begin(all), end(all)));
}

double most_descriptors() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  return static_cast<double>(limit.rlim_cur);
}

// Before main().
const std::chrono::duration<double> started = std::chrono::system_clock::now().time_since_epoch();

}  // namespace

void add_process_metrics(metric_families& to, const std::string& prefix) {
  to.gauge(prefix + "_build_info", "Which version this is; always 1.")
      .add(1, {{"version", KAPACITOR_UDF_VERSION}});
  to.gauge("process_start_time_seconds", "When the program began, in seconds since 1970.")
      .add(started.count());
  to.counter("process_cpu_seconds_total", "Processor time used, in seconds.").add(cpu_seconds());
  to.gauge("process_resident_memory_bytes", "Memory in use, in bytes.").add(resident_bytes());
  to.gauge("process_open_fds", "Descriptors in use.").add(open_descriptors());
  to.gauge("process_max_fds", "Descriptors that the program may use.").add(most_descriptors());
}

}  // namespace kapacitor
