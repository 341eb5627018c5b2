#pragma once

#include <cstdint>
#include <tuple>

#include "metrics/scoreboard.hpp"

namespace kapacitor::udf::server {

/// The descriptor of a worker's end of its control socket (SOCK_SEQPACKET): by it a supervisor
/// hands over connections. Each message is the connection's id and its seat on the scoreboard, 8
/// bytes each in the machine's order, with its descriptor (SCM_RIGHTS). The end of the socket:
/// finish what was received, then exit.
inline constexpr int control_fd = 3;

/// The id of a message whose descriptor is the scoreboard's (metrics/scoreboard.hpp) instead; it
/// comes before the first connection, if there is one.
inline constexpr std::uint64_t scoreboard_id = ~std::uint64_t{0};

/// A connection on its way to a worker.
struct passed_connection {
  std::uint64_t id = 0;
  int fd = -1;
  std::uint64_t seat = metrics::scoreboard::nowhere;

  auto state() { return std::tie(id, fd, seat); }
};

/// Sends a connection, whose descriptor stays the caller's. Never blocks.
///
/// Returns: 0, or errno: EAGAIN and ETOOMANYREFS if there is no room now, EPIPE if the worker is
/// gone
int send_connection(int control, const passed_connection& c);

/// The next message of the control socket.
struct received_connection {
  enum class kind { connection, scoreboard, nothing, end } what = kind::nothing;
  passed_connection connection;  // the descriptor is the caller's
};
/// Returns: nothing, if there is no message now, or one without a descriptor (there was none left)
received_connection receive_connection(int control);

}  // namespace kapacitor::udf::server
