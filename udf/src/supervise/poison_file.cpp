#include "supervise/poison_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <system_error>

namespace kapacitor::udf::supervise {
namespace {

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

}  // namespace

std::string keep_poison(const std::string& dir, const std::string& function, std::string_view init,
                        std::string_view requests, const log_sink& log) {
  if (dir.empty()) return {};
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
  auto path = dir + "/" + function + "-" + std::to_string(ms) + "-" + std::to_string(::getpid()) +
              ".requests";
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  const bool written = fd >= 0 && write_all(fd, init) && write_all(fd, requests);
  const int error = errno;
  if (fd >= 0 && ::close(fd) == 0 && written) return path;
  log_line("a request that kills workers could not be kept")
      .add("file", path)
      .add("error", std::generic_category().message(error))
      .write(log, log_level::error);
  if (fd >= 0) ::unlink(path.c_str());
  return {};
}

}  // namespace kapacitor::udf::supervise
