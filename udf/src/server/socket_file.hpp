#pragma once

#include <sys/types.h>

#include <string>
#include <utility>

#include "base/text/log.hpp"

namespace kapacitor::udf::server {

/// Who may connect to a socket.
struct socket_access {
  mode_t mode = 0660;
  std::string group;  // empty: that of the process
};

/// A UNIX socket in the file system that listens and is ours alone, from construction until
/// destruction, which removes it.
///
/// A lock file beside it (PATH.lock) decides between servers; a socket that nobody serves any more
/// is replaced. Nothing but a socket is ever removed.
class socket_file {
 public:
  /// Errors: start_error naming the path: missing directory, path too long, served by another
  ///         process, not a socket, no permission, unknown group; nothing is left behind
  socket_file(std::string path, const socket_access& access, const log_sink& log);
  /// What a program before this one has made, and kept: its path, lock and identity.
  struct kept {
    std::string path;
    int lock;
    dev_t device;
    ino_t inode;
  };
  explicit socket_file(kept from);
  ~socket_file();
  socket_file(const socket_file&) = delete;
  socket_file& operator=(const socket_file&) = delete;

  const std::string& path() const { return path_; }
  /// Hands over the listening descriptor; whoever takes it closes it.
  int release() { return std::exchange(fd_, -1); }
  /// For a program that takes the place of this one.
  kept keep() const { return {path_, lock_, device_, inode_}; }

 private:
  void check_path() const;
  void take_lock(const log_sink& log);
  bool try_lock();
  void remove_stale(const log_sink& log) const;
  void bind(mode_t mode);
  void grant(const socket_access& access) const;
  void remove();

  std::string path_;
  std::string lock_path_;
  int lock_ = -1;
  int fd_ = -1;
  bool bound_ = false;
  dev_t device_ = 0;
  ino_t inode_ = 0;
};

/// A folder above the socket that keeps out those whom `access` lets in; empty if there is none.
std::string closed_folder(const std::string& path, const socket_access& access);

/// "root:kapacitor", for the log.
std::string owner_of(const std::string& path);

}  // namespace kapacitor::udf::server
