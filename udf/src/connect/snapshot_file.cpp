#include "connect/snapshot_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include <fmt/format.h>

#include "base/text/error.hpp"
#include "base/text/text_file.hpp"

namespace kapacitor::udf::host {
namespace {

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return ::fsync(fd) == 0;
}

}  // namespace

std::optional<std::string> load_snapshot(const std::string& file) {
  if (file.empty() || !std::filesystem::exists(file)) return std::nullopt;
  auto content = with_context("--snapshot", [&] { return read_file(file); });
  if (content.empty()) return std::nullopt;
  return content;
}

void save_snapshot(const std::string& file, std::string_view snapshot) {
  const auto beside = file + ".new";
  const int fd = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  const bool written = fd >= 0 && write_all(fd, snapshot);
  const auto error = errno;
  if (fd >= 0) ::close(fd);
  if (!written || std::rename(beside.c_str(), file.c_str()) != 0) {
    throw std::runtime_error(fmt::format("--snapshot {}: cannot be written: {}", file,
                                         std::strerror(written ? errno : error)));
  }
}

}  // namespace kapacitor::udf::host
