#pragma once

#include <cstdint>

namespace kapacitor::udf::server {

/// The descriptor of a worker's end of its control socket (SOCK_SEQPACKET): by it a supervisor
/// hands over connections. Each message is the connection's id, 8 bytes in the machine's order,
/// with its descriptor (SCM_RIGHTS). The end of the socket: finish what was received, then exit.
inline constexpr int control_fd = 3;

/// A connection on its way to a worker.
struct passed_connection {
  std::uint64_t id = 0;
  int fd = -1;
};

/// Sends a connection, whose descriptor stays the caller's. Never blocks.
///
/// Returns: 0, or errno: EAGAIN and ETOOMANYREFS if there is no room now, EPIPE if the worker is
/// gone
int send_connection(int control, const passed_connection& c);

/// The next message of the control socket.
struct received_connection {
  enum class kind { connection, nothing, end } what = kind::nothing;
  passed_connection connection;  // the descriptor is the caller's
};
/// Returns: nothing, if there is no message now, or one without a descriptor (there was none left)
received_connection receive_connection(int control);

}  // namespace kapacitor::udf::server
