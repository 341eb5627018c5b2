#include "server/control_socket.hpp"

#include <sys/socket.h>

#include <cerrno>
#include <cstring>

namespace kapacitor::udf::server {
namespace {

struct numbers {
  std::uint64_t id = 0, seat = 0;
};

/// A message with room for one descriptor. Lifetime: of `n`, beyond that of this object
struct message {
  explicit message(numbers& n) : bytes{&n, sizeof n} {
    header.msg_iov = &bytes;
    header.msg_iovlen = 1;
    header.msg_control = room;
    header.msg_controllen = sizeof room;
  }

  iovec bytes;
  alignas(cmsghdr) char room[CMSG_SPACE(sizeof(int))] = {};
  msghdr header{};
};

}  // namespace

int send_connection(int control, const passed_connection& c) {
  numbers all{c.id, c.seat};
  message m(all);
  auto* rights = CMSG_FIRSTHDR(&m.header);
  rights->cmsg_level = SOL_SOCKET;
  rights->cmsg_type = SCM_RIGHTS;
  rights->cmsg_len = CMSG_LEN(sizeof c.fd);
  std::memcpy(CMSG_DATA(rights), &c.fd, sizeof c.fd);
  ssize_t sent = 0;
  do sent = ::sendmsg(control, &m.header, MSG_DONTWAIT | MSG_NOSIGNAL);
  while (sent < 0 && errno == EINTR);
  return sent < 0 ? errno : 0;
}

received_connection receive_connection(int control) {
  using kind = received_connection::kind;
  received_connection result;
  auto& c = result.connection;
  numbers all;
  message m(all);
  ssize_t n = 0;
  do n = ::recvmsg(control, &m.header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  while (n < 0 && errno == EINTR);
  if (n < 0 && errno == EAGAIN) return result;
  if (n <= 0) {
    result.what = kind::end;
    return result;
  }
  const auto* rights = CMSG_FIRSTHDR(&m.header);
  if (!rights || rights->cmsg_type != SCM_RIGHTS) return result;
  std::memcpy(&c.fd, CMSG_DATA(rights), sizeof c.fd);
  c.id = all.id;
  c.seat = all.seat;
  result.what = c.id == scoreboard_id ? kind::scoreboard : kind::connection;
  return result;
}

}  // namespace kapacitor::udf::server
