#include "supervise/fd_store.hpp"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/process/owned_fd.hpp"

namespace kapacitor::udf::supervise {
namespace {

constexpr std::size_t most_at_once = 8;

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

int tell_service_manager(const std::string& what, const std::vector<int>& fds) {
  const char* const path = std::getenv("NOTIFY_SOCKET");
  if (!path || (*path != '/' && *path != '@')) return ENOENT;
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

std::string name_of_socket(const std::string& function) {
  return "socket." + function;
}
std::string name_of_connection(const std::string& function, unsigned long id) {
  return "connection." + function + "." + std::to_string(id);
}

void forget_stored(const std::string& name) {
  tell_service_manager("FDSTOREREMOVE=1\nFDNAME=" + name);
}

fd_store::fd_store(log_sink log) : log_(std::move(log)) {
  if (std::getenv("NOTIFY_SOCKET")) return;
  log_line("--fd-store: systemd did not start this program, so nobody keeps its connections")
      .write(log_, log_level::warn);
}

bool fd_store::keep(const std::string& name, const std::vector<int>& fds) const {
  const int error = tell_service_manager("FDSTORE=1\nFDNAME=" + name, fds);
  if (error == 0) return true;
  if (error != ENOENT) {
    log_line("systemd does not keep a connection")
        .add("name", name)
        .add("error", std::generic_category().message(error))
        .write(log_, log_level::error);
  }
  return false;
}

}  // namespace kapacitor::udf::supervise
