#include "program/socket_dir.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "base/text/error.hpp"

namespace kapacitor::udf::server {
namespace {

bool writable(const std::string& dir) {
  return ::faccessat(AT_FDCWD, dir.c_str(), W_OK | X_OK, AT_EACCESS) == 0;
}

bool usable(const std::string& dir, mode_t mode) {
  if (::mkdir(dir.c_str(), mode) != 0 && errno != EEXIST) return false;
  struct stat status {};
  return ::stat(dir.c_str(), &status) == 0 && S_ISDIR(status.st_mode) && writable(dir);
}

/// In a folder where everybody may write, somebody else could have made ours, or a link.
bool usable_and_ours(const std::string& dir) {
  struct stat status {};
  return usable(dir, 0755) && ::lstat(dir.c_str(), &status) == 0 && S_ISDIR(status.st_mode) &&
         status.st_uid == ::geteuid() && (status.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

}  // namespace

std::string default_socket_dir() {
  std::string system = "/run/kapacitor-udf";
  if (usable(system, 0755)) return system;
  if (const char* runtime = std::getenv("XDG_RUNTIME_DIR"); runtime && *runtime) {
    auto dir = std::string(runtime) + "/kapacitor-udf";
    if (usable(dir, 0700)) return dir;
  }
  std::error_code ignored;
  const auto temporary = std::filesystem::temp_directory_path(ignored);
  auto dir = (temporary / ("kapacitor-udf-" + std::to_string(::geteuid()))).string();
  if (usable_and_ours(dir)) return dir;
  throw start_error("no directory for the sockets: neither " + system +
                    " nor $XDG_RUNTIME_DIR/kapacitor-udf nor " + dir +
                    " can be used; give one with --socket-dir");
}

void check_socket_dir(const std::string& dir) {
  struct stat status {};
  if (::stat(dir.c_str(), &status) != 0) {
    const auto why = errno == ENOENT
                         ? std::string("there is no such directory: create it, or name another one")
                         : std::generic_category().message(errno);
    throw start_error("--socket-dir " + dir + ": " + why);
  }
  if (!S_ISDIR(status.st_mode)) throw start_error("--socket-dir " + dir + ": is not a directory");
  if (!writable(dir)) {
    throw start_error("--socket-dir " + dir + ": " + std::generic_category().message(errno) +
                      "; it must be writable for uid " + std::to_string(::geteuid()));
  }
}

}  // namespace kapacitor::udf::server
