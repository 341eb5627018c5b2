#pragma once

#include <sys/stat.h>
#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace kapacitor::udf::doctor {

/// A user of this machine, and the groups that its processes have.
struct account {
  std::string name;
  uid_t uid = 0;
  std::vector<gid_t> groups;

  /// Of the databases passwd and group; nothing if there is none of that name or number.
  static std::optional<account> find(const std::string& name);
  bool has(gid_t group) const;
};

/// What one wants to do with a file: the bits of one class of its mode.
enum class access : unsigned { pass = 1, use_socket = 2, run = 1 };

/// Whether a file's mode lets the user do so. Root may pass and use all, and run what has an x.
/// Access control lists are not looked at: they can only let in more users.
bool may(const account& who, access what, const struct stat& file);

/// What keeps the user away from a path, first the folders above it.
struct obstacle {
  std::string why;    // empty: nothing
  std::string to_do;  // a command
};
obstacle find_obstacle(const account& who, access what, const std::string& path);

}  // namespace kapacitor::udf::doctor
