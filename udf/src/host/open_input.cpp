#include "host/open_input.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include <fmt/format.h>

#include "base/text/error.hpp"

namespace kapacitor::udf::host {

int open_input(const std::string& path) {
  const bool standard = path == "-";
  // Through a file description of our own: stdin's is shared with others, who may not expect it to
  // be non-blocking. Where that does not work (a socket) stdin is used as it is.
  const int fd =
      ::open(standard ? "/proc/self/fd/0" : path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
  if (fd < 0 && standard) return ::dup(STDIN_FILENO);
  if (fd < 0) throw start_error(fmt::format("{}: {}", path, std::strerror(errno)));
  struct stat status {};
  if (::fstat(fd, &status) == 0 && S_ISDIR(status.st_mode)) {
    ::close(fd);
    throw start_error(fmt::format("{}: is a directory", path));
  }
  // A regular file that is stdin may have been read in part.
  if (standard && S_ISREG(status.st_mode))
    ::lseek(fd, ::lseek(STDIN_FILENO, 0, SEEK_CUR), SEEK_SET);
  return fd;
}

bool can_be_waited_on(int fd) {
  struct stat status {};
  return ::fstat(fd, &status) == 0 &&
         (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode) || ::isatty(fd));
}

}  // namespace kapacitor::udf::host
