#include "base/text/file_limit.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <stdexcept>
#include <system_error>

#include "base/text/error.hpp"
#include "base/text/quote.hpp"

namespace kapacitor {
namespace {

constexpr char flag[] = "--enrich-dir";

std::string& limit() {
  static std::string dir;
  return dir;
}

std::string reason(int error) {
  return std::generic_category().message(error);
}

int open_beneath(int dir, const char* path, int flags) {
  open_how how{};
  how.flags = static_cast<unsigned>(flags | O_CLOEXEC);
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  return static_cast<int>(::syscall(SYS_openat2, dir, path, &how, sizeof how));
}

int open_dir(const std::string& dir) {
  return ::open(dir.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
}

/// A filter of system calls that does not know this one answers EPERM.
bool is_missing_call(int error) {
  return error == ENOSYS || error == EPERM;
}

bool is_folder() {
  return !limit().empty() && limit() != "none";
}

std::string no_such_call() {
  return "this kernel, or the filter of system calls around this process, has no openat2 (Linux "
         "5.6), without which nothing keeps a task to that folder: write none, or leave the option "
         "out";
}

/// The path from the folder on; empty: it does not begin with the folder.
std::string beneath(const std::filesystem::path& path, const std::filesystem::path& dir) {
  if (!path.is_absolute()) return path.string();
  const auto rest = path.lexically_normal().lexically_relative(dir);
  return rest.empty() || *rest.begin() == ".." ? std::string() : rest.string();
}

[[noreturn]] void fail_outside() {
  throw std::runtime_error("it is not below " + limit() + ", and " + flag +
                           " allows no others; a link with an absolute path counts as not below");
}

int open_limited(const std::string& path, int flags) {
  const int dir = open_dir(limit());
  if (dir < 0)
    throw std::runtime_error("the folder of " + std::string(flag) + ": " + reason(errno));
  const auto rest = beneath(path, std::filesystem::path(limit()));
  errno = EXDEV;
  const int fd = rest.empty() ? -1 : open_beneath(dir, rest.c_str(), flags);
  const int error = errno;
  ::close(dir);
  if (fd >= 0) return fd;
  if (error == EXDEV || error == ELOOP) fail_outside();
  throw std::runtime_error(is_missing_call(error) ? no_such_call() : reason(error));
}

}  // namespace

void file_limit::set(const std::string& dir) {
  limit() = dir;
  if (!is_folder()) return;
  // Absolute, as the paths of tasks are compared with it, and without a slash at its end.
  auto whole = std::filesystem::absolute(dir).lexically_normal();
  if (!whole.has_filename() && whole.has_relative_path()) whole = whole.parent_path();
  limit() = whole.string();
}

void file_limit::check() {
  if (!is_folder()) return;
  const auto what = std::string(flag) + ": " + in_quotes(limit()) + ": ";
  const int fd = open_dir(limit());
  if (fd < 0) throw usage_error(what + reason(errno) + ": write a folder, or none");
  const int inside = open_beneath(fd, ".", O_PATH);
  const int error = errno;
  if (inside >= 0) ::close(inside);
  ::close(fd);
  if (inside >= 0) return;
  throw usage_error(what + (is_missing_call(error) ? no_such_call() : reason(error)));
}

const std::string& file_limit::dir() {
  return limit();
}

int file_limit::open(const std::string& path, int flags) {
  if (limit() == "none") {
    throw std::runtime_error("this server lets tasks read no file (" + std::string(flag) +
                             " none): whoever operates it can name a folder, " + flag +
                             " DIR, and put the file below it");
  }
  if (is_folder()) return open_limited(path, flags);
  const int fd = ::open(path.c_str(), flags | O_CLOEXEC);
  if (fd < 0) throw std::runtime_error(reason(errno));
  return fd;
}

}  // namespace kapacitor
