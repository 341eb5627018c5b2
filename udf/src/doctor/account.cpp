#include "doctor/account.hpp"

#include <grp.h>
#include <pwd.h>

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

namespace kapacitor::udf::doctor {
namespace {

std::string user_name(uid_t id) {
  const auto* found = ::getpwuid(id);
  return found ? found->pw_name : std::to_string(id);
}
std::string group_name(gid_t id) {
  const auto* found = ::getgrgid(id);
  return found ? found->gr_name : std::to_string(id);
}

std::string described(const struct stat& s) {
  return fmt::format("mode {:04o}, {}:{}", s.st_mode & 07777U, user_name(s.st_uid),
                     group_name(s.st_gid));
}

/// Nobody's access becomes wider than need be: by the group if the user has it, else by giving the
/// file to a group of the user.
std::string remedy(const account& who, char bit, const std::string& path, const struct stat& s) {
  if (s.st_uid == who.uid) return fmt::format("chmod u+{} {}", bit, path);
  if (who.has(s.st_gid)) return fmt::format("chmod g+{} {}", bit, path);
  if (bit == 'x') return fmt::format("chmod o+x {}", path);
  return fmt::format(
      "chgrp {0} {1} && chmod g+{2} {1}, or start kapacitor-udfd with --socket-group {0}",
      who.groups.empty() ? who.name : group_name(who.groups.front()), path, bit);
}

/// From the root on.
std::vector<std::string> folders_of(const std::string& path) {
  std::vector<std::string> all;
  std::error_code error;
  const auto add_all = [&](const std::filesystem::path& file) {
    std::filesystem::path at;
    for (const auto& part : file.parent_path()) {
      at /= part;
      const auto folder = at.string();
      if (std::find(all.begin(), all.end(), folder) == all.end()) all.push_back(folder);
    }
  };
  // Where it is first: what is told is a folder, not a link to one.
  const auto real = std::filesystem::weakly_canonical(path, error);
  if (!error) add_all(real);
  add_all(std::filesystem::absolute(path, error).lexically_normal());
  return all;
}

}  // namespace

std::optional<account> account::find(const std::string& name) {
  const bool number = !name.empty() && std::all_of(name.begin(), name.end(),
                                                   [](char c) { return c >= '0' && c <= '9'; });
  const auto* found = ::getpwnam(name.c_str());
  if (!found && number) found = ::getpwuid(static_cast<uid_t>(std::stoul(name.substr(0, 9))));
  if (!found) return std::nullopt;
  account a{found->pw_name, found->pw_uid, {}};
  const gid_t own = found->pw_gid;
  int count = 64;
  a.groups.resize(static_cast<std::size_t>(count));
  if (::getgrouplist(a.name.c_str(), own, a.groups.data(), &count) < 0) {
    a.groups.resize(static_cast<std::size_t>(count));
    ::getgrouplist(a.name.c_str(), own, a.groups.data(), &count);
  }
  a.groups.resize(static_cast<std::size_t>(count));
  // Its own first: that is the group to give things to.
  std::stable_partition(a.groups.begin(), a.groups.end(), [own](gid_t g) { return g == own; });
  return a;
}

bool account::has(gid_t group) const {
  return std::find(groups.begin(), groups.end(), group) != groups.end();
}

bool may(const account& who, access what, const struct stat& file) {
  const auto bits = static_cast<unsigned>(what);
  if (who.uid == 0) return !S_ISREG(file.st_mode) || (file.st_mode & 0111U) != 0;
  // The first class that fits decides, even if it allows less than the others.
  const unsigned shift = file.st_uid == who.uid ? 6 : who.has(file.st_gid) ? 3 : 0;
  return ((file.st_mode >> shift) & bits) == bits;
}

obstacle find_obstacle(const account& who, access what, const std::string& path) {
  for (const auto& folder : folders_of(path)) {
    struct stat s {};
    if (::stat(folder.c_str(), &s) != 0 || may(who, access::pass, s)) continue;
    return {fmt::format("user {} may not go through {} ({})", who.name, folder, described(s)),
            remedy(who, 'x', folder, s)};
  }
  struct stat s {};
  if (::stat(path.c_str(), &s) != 0 || may(who, what, s)) return {};
  const bool is_socket = what == access::use_socket;
  return {fmt::format("user {} may not {} {} ({})", who.name, is_socket ? "write to" : "run", path,
                      described(s)),
          remedy(who, is_socket ? 'w' : 'x', path, s)};
}

}  // namespace kapacitor::udf::doctor
