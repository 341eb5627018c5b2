#include "sink/file_target.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/text/error.hpp"

namespace kapacitor::generator {

std::shared_ptr<line_file> line_file::standard_output() {
  return std::shared_ptr<line_file>(new line_file(STDOUT_FILENO, false));
}

std::shared_ptr<line_file> line_file::create(const std::string& path) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0) throw usage_error("--output: cannot write " + path + ": " + std::strerror(errno));
  return std::shared_ptr<line_file>(new line_file(file, true));
}

line_file::~line_file() {
  if (own_) ::close(file_);
}

answer line_file::write(std::string_view lines) {
  const std::lock_guard lock(mutex_);
  answer a{204};
  while (!lines.empty()) {
    const auto n = ::write(file_, lines.data(), lines.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return {errno == EPIPE ? target::reader_gone : 403, std::strerror(errno)};
    lines.remove_prefix(static_cast<std::size_t>(n));
    a.wire_bytes += static_cast<std::uint64_t>(n);
  }
  return a;
}

}  // namespace kapacitor::generator
