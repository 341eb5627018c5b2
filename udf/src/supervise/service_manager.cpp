#include "supervise/service_manager.hpp"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "base/process/owned_fd.hpp"

namespace kapacitor::udf::supervise {
namespace {

constexpr std::size_t most_at_once = 8;

/// Null: nobody has started this process as a service.
const char* address_of_manager() {
  const char* const path = std::getenv("NOTIFY_SOCKET");
  return path && (*path == '/' || *path == '@') ? path : nullptr;
}

/// A path, or behind @ a name that is in no file system.
socklen_t set_address(sockaddr_un& address, std::string_view path) {
  address.sun_family = AF_UNIX;
  const auto n = std::min(path.size(), sizeof address.sun_path - 1);
  std::memcpy(address.sun_path, path.data(), n);
  if (address.sun_path[0] == '@') address.sun_path[0] = '\0';
  return static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + n);
}

void attach(msghdr& message, std::vector<char>& room, const std::vector<int>& fds) {
  if (fds.empty()) return;
  const auto size = std::min(fds.size(), most_at_once) * sizeof(int);
  room.resize(CMSG_SPACE(size));
  message.msg_control = room.data();
  message.msg_controllen = room.size();
  auto* const header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(size);
  std::memcpy(CMSG_DATA(header), fds.data(), size);
}

}  // namespace

bool has_service_manager() {
  return address_of_manager() != nullptr;
}

std::chrono::microseconds watchdog_period() {
  // A child of the service has inherited what is meant for the service itself.
  const char* const who = std::getenv("WATCHDOG_PID");
  if (who && *who && who != std::to_string(::getpid())) return {};
  const char* const period = std::getenv("WATCHDOG_USEC");
  return std::chrono::microseconds(period ? std::max(std::atoll(period), 0LL) : 0);
}

int tell_service_manager(const std::string& what, const std::vector<int>& fds) {
  const char* const path = address_of_manager();
  if (!path) return ENOENT;
  const owned_fd to(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (to.get() < 0) return errno;
  const timeval patience{1, 0};
  ::setsockopt(to.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  sockaddr_un address{};
  iovec text{const_cast<char*>(what.data()), what.size()};
  msghdr message{};
  message.msg_namelen = set_address(address, path);
  message.msg_name = &address;
  message.msg_iov = &text;
  message.msg_iovlen = 1;
  std::vector<char> room;
  attach(message, room, fds);
  ssize_t n = 0;
  do n = ::sendmsg(to.get(), &message, MSG_NOSIGNAL);
  while (n < 0 && errno == EINTR);
  return n < 0 ? errno : 0;
}

}  // namespace kapacitor::udf::supervise
