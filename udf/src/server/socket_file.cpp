#include "server/socket_file.hpp"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include "base/text/error.hpp"
#include "base/text/log.hpp"

namespace kapacitor::udf::server {
namespace {

[[noreturn]] void fail(const std::string& path, const std::string& what) {
  throw start_error("cannot serve " + path + ": " + what);
}
[[noreturn]] void fail(const std::string& path, const std::string& what, int error) {
  fail(path, what + ": " + std::generic_category().message(error));
}

sockaddr_un address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  return address;
}

int new_socket(const std::string& path) {
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) fail(path, "no socket", errno);
  return fd;
}

/// Whether nobody listens on the socket.
bool is_stale(const std::string& path) {
  const int probe = new_socket(path);
  const auto address = address_of(path);
  const bool refused =
      ::connect(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 &&
      errno == ECONNREFUSED;
  ::close(probe);
  return refused;
}

/// Whether the open file is still the one at that path, not one that its last owner has removed.
bool is_at(int fd, const std::string& path) {
  struct stat opened {
  }, there{};
  return ::fstat(fd, &opened) == 0 && ::stat(path.c_str(), &there) == 0 &&
         opened.st_dev == there.st_dev && opened.st_ino == there.st_ino;
}

/// What is at a path, to be looked at and changed; a link is not followed.
struct opened {
  explicit opened(const std::string& path)
      : fd(::open(path.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC)) {}
  ~opened() {
    if (fd >= 0) ::close(fd);
  }
  opened(const opened&) = delete;
  opened& operator=(const opened&) = delete;

  const int fd;
};

/// Whether a process of that group, or of none that matters here, may go through a folder.
bool lets_through(const std::string& folder, std::optional<gid_t> group) {
  struct stat status {};
  if (::stat(folder.c_str(), &status) != 0 || (status.st_mode & S_IXOTH) != 0) return true;
  return group && status.st_gid == *group && (status.st_mode & S_IXGRP) != 0;
}

gid_t find_group(const std::string& name) {
  const auto* found = ::getgrnam(name.c_str());
  if (!found) throw start_error("--socket-group: there is no group \"" + name + "\"");
  return found->gr_gid;
}

}  // namespace

socket_file::socket_file(std::string path, const socket_access& access, const log_sink& log)
    : path_(std::move(path)), lock_path_(path_ + ".lock") {
  try {
    check_path();
    take_lock(log);
    remove_stale(log);
    bind(access.mode);
    grant(access);
    // Nobody can connect before this, whatever the mode.
    if (::listen(fd_, SOMAXCONN) != 0) fail(path_, "cannot listen", errno);
  } catch (...) {
    remove();
    throw;
  }
}

socket_file::socket_file(kept from)
    : path_(std::move(from.path)),
      lock_path_(path_ + ".lock"),
      lock_(from.lock),
      bound_(true),
      device_(from.device),
      inode_(from.inode) {}

socket_file::~socket_file() {
  remove();
}

void socket_file::check_path() const {
  constexpr auto most = sizeof(sockaddr_un::sun_path) - 1;
  if (path_.empty()) fail("\"\"", "the path of a socket must not be empty");
  if (path_.size() > most) {
    fail(path_, "the path has " + std::to_string(path_.size()) +
                    " bytes, a socket's may have at most " + std::to_string(most));
  }
  const auto slash = path_.rfind('/');
  const auto directory = slash == std::string::npos ? "."
                         : slash == 0               ? "/"
                                                    : path_.substr(0, slash);
  struct stat status {};
  if (::stat(directory.c_str(), &status) == 0) {
    if (!S_ISDIR(status.st_mode)) fail(path_, directory + " is not a directory");
  } else if (errno == ENOENT) {
    fail(path_, "missing directory " + directory);
  }
}

void socket_file::take_lock(const log_sink& log) {
  using clock = std::chrono::steady_clock;
  // A predecessor that has been told to stop still takes its time to answer what it has received.
  const auto until = clock::now() + std::chrono::seconds(3);
  for (bool told = false; !try_lock(); told = true) {
    if (clock::now() >= until) {
      fail(path_, "another process serves it already (it holds " + lock_path_ + ")");
    }
    if (!told) {
      log_line("another process serves the socket, waiting for its end")
          .add("socket", path_)
          .write(log, log_level::info);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

/// Returns: false if somebody else holds it.
bool socket_file::try_lock() {
  for (;;) {
    lock_ = ::open(lock_path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (lock_ < 0) fail(path_, "cannot create " + lock_path_, errno);
    const int error = ::flock(lock_, LOCK_EX | LOCK_NB) == 0 ? 0 : errno;
    if (error == 0 && is_at(lock_, lock_path_)) return true;
    ::close(std::exchange(lock_, -1));
    if (error == EWOULDBLOCK) return false;
    if (error != 0) fail(path_, "cannot lock " + lock_path_, error);
  }
}

void socket_file::remove_stale(const log_sink& log) const {
  struct stat status {};
  if (::lstat(path_.c_str(), &status) != 0) {
    if (errno == ENOENT) return;
    fail(path_, "cannot look at it", errno);
  }
  if (!S_ISSOCK(status.st_mode))
    fail(path_, "there is something that is not a socket; it is left alone");
  if (!is_stale(path_)) fail(path_, "another process serves it already");
  if (::unlink(path_.c_str()) != 0) fail(path_, "cannot remove the stale socket", errno);
  log_line("stale socket removed").add("socket", path_).write(log, log_level::info);
}

/// The file is made with the mode of its descriptor less the umask: with that of the owner alone,
/// until it has its group. So it is never more open than it will be, in any thread's umask.
void socket_file::bind(mode_t mode) {
  fd_ = new_socket(path_);
  if (::fchmod(fd_, mode & S_IRWXU) != 0) fail(path_, "cannot set its mode", errno);
  const auto address = address_of(path_);
  if (::bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    fail(path_, "cannot create it", errno);
  }
  bound_ = true;
  struct stat status {};
  if (::lstat(path_.c_str(), &status) != 0) fail(path_, "cannot look at it", errno);
  device_ = status.st_dev;
  inode_ = status.st_ino;
}

// By a descriptor of the socket itself: who may write to the folder could put a link in its place.
void socket_file::grant(const socket_access& access) const {
  const opened ours(path_);
  struct stat status {};
  if (::fstat(ours.fd, &status) != 0) fail(path_, "cannot look at it", errno);
  if (status.st_dev != device_ || status.st_ino != inode_) {
    fail(path_, "somebody else has put something else in its place");
  }
  if (!access.group.empty() && ::fchownat(ours.fd, "", static_cast<uid_t>(-1),
                                          find_group(access.group), AT_EMPTY_PATH) != 0) {
    fail(path_, "cannot give it to group " + access.group, errno);
  }
  const auto self = "/proc/self/fd/" + std::to_string(ours.fd);
  if (::chmod(self.c_str(), access.mode) != 0) fail(path_, "cannot set its mode", errno);
}

void socket_file::remove() {
  struct stat status {};
  if (bound_ && ::lstat(path_.c_str(), &status) == 0 && status.st_dev == device_ &&
      status.st_ino == inode_) {
    ::unlink(path_.c_str());
  }
  if (fd_ >= 0) ::close(fd_);
  if (lock_ >= 0) {
    // Before it is unlocked: whoever opens it in between finds that it is not at its path any more.
    ::unlink(lock_path_.c_str());
    ::close(lock_);
  }
}

std::string closed_folder(const std::string& path, const socket_access& access) {
  const bool for_all = (access.mode & S_IWOTH) != 0;
  const bool for_group = (access.mode & S_IWGRP) != 0 && !access.group.empty();
  if (!for_all && !for_group) return {};
  std::error_code ignored;
  auto folder = std::filesystem::absolute(path, ignored).parent_path();
  const auto group = for_all ? std::nullopt : std::optional(find_group(access.group));
  for (; folder.has_relative_path(); folder = folder.parent_path()) {
    if (!lets_through(folder.string(), group)) return folder.string();
  }
  return {};
}

std::string owner_of(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return "?";
  const auto* user = ::getpwuid(status.st_uid);
  const auto* group = ::getgrgid(status.st_gid);
  return (user ? user->pw_name : std::to_string(status.st_uid)) + ":" +
         (group ? group->gr_name : std::to_string(status.st_gid));
}

}  // namespace kapacitor::udf::server
