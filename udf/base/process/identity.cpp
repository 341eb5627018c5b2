#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string_view>
#include <system_error>

#include "base/process/spawn.hpp"
#include "base/text/error.hpp"
#include "base/text/quote.hpp"

namespace kapacitor {
namespace {

std::optional<std::uint32_t> number_of(std::string_view text) {
  std::uint32_t n = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return n;
}

gid_t find_group(const std::string& name) {
  if (const auto n = number_of(name)) return *n;
  // NOLINTNEXTLINE(concurrency-mt-unsafe): at start, and by one thread
  if (const auto* found = ::getgrnam(name.c_str())) return found->gr_gid;
  throw usage_error("there is no group " + in_quotes(name) + " on this machine");
}

std::vector<gid_t> groups_of(const char* user, gid_t own) {
  int count = 64;
  std::vector<gid_t> groups(static_cast<std::size_t>(count));
  while (::getgrouplist(user, own, groups.data(), &count) < 0) {
    groups.resize(std::max(static_cast<std::size_t>(count), 2 * groups.size()));
    count = static_cast<int>(groups.size());
  }
  groups.resize(static_cast<std::size_t>(count));
  return groups;
}

identity find_user(const std::string& name) {
  const auto n = number_of(name);
  // NOLINTNEXTLINE(concurrency-mt-unsafe): at start, and by one thread
  const auto* found = n ? ::getpwuid(*n) : ::getpwnam(name.c_str());
  if (found) {
    return {found->pw_uid, found->pw_gid, groups_of(found->pw_name, found->pw_gid), found->pw_name,
            found->pw_dir};
  }
  if (!n) throw usage_error("there is no user " + in_quotes(name) + " on this machine");
  return {.user = *n, .group = *n, .groups = {*n}};
}

}  // namespace

std::optional<identity> find_identity(const std::string& user, const std::string& group) {
  if (user.empty() && group.empty()) return std::nullopt;
  auto found = user.empty() ? identity{.user = ::getuid(), .group = ::getgid()} : find_user(user);
  if (!group.empty()) {
    found.group = find_group(group);
    if (user.empty()) found.groups = {found.group};
  }
  return found;
}

}  // namespace kapacitor
