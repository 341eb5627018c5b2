#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/net/loop_watch.hpp"
#include "base/process/owned_fd.hpp"
#include "server/control_socket.hpp"
#include "server/own_connections.hpp"
#include "server/socket_file.hpp"
#include "server/watchdog.hpp"
#include "session/session.hpp"
#include <kapacitor/udf/function.hpp>

namespace kapacitor::udf::server {

struct server_settings {
  agent::session_settings session;
  unsigned threads = 0;  // 0: one for each core
  socket_access access;
  watchdog_settings heartbeats;
  std::chrono::milliseconds linger{1000};       // for peers that go on sending after an error
  std::chrono::milliseconds stop_within{2000};  // for peers that do not read their last answers
};

/// Serves functions on UNIX sockets, each function on its own.
///
///     server s(settings, log.sink());
///     s.serve(f, "/run/kapacitor-udf/f.sock");
///     s.start();
///     ...
///     s.stop();
///
/// Threads: one at a time; it has its own for its work
class server {
 public:
  server(const server_settings& settings, const log_sink& log);
  /// Stops, where that was not done.
  ~server();
  server(const server&) = delete;
  server& operator=(const server&) = delete;

  /// Opens a socket for the function. Who connects before start() waits.
  ///
  /// Errors: start_error, see socket_file
  void serve(function f, const std::string& path);
  /// Serves the function on a descriptor that listens already; it is taken over.
  void serve(function f, int listening);

  /// Serves a connection that somebody else has accepted: a socket, which is taken over, and its
  /// number for the log. After start(). Errors: std::exception; it is closed then
  void adopt(const passed_connection& c, std::shared_ptr<const function> f);

  /// Where its connections say what they do: the scoreboard that a supervisor has made. Before the
  /// first one. Errors: start_error
  void share(owned_fd scoreboard);

  /// Before start(): somebody wants to know what the connections do. Errors: start_error
  void be_watched();
  /// What they do; empty if the thread that accepts connections is stuck. After be_watched().
  /// Threads: any
  std::optional<std::vector<connection_view>> view() const;
  /// Likewise.
  metrics::watched_group watch(const metrics::watch_request& r) const;

  void start();

  std::size_t connections() const;
  /// Those of its threads. One that a function keeps busy is excused until it counts as hung.
  /// Lifetime: that of the server, until stop()
  std::vector<loop_watch::loop> loops() const;

  /// Takes no more connections, finishes what was received, writes the answers, closes, removes the
  /// sockets.
  ///
  /// Returns: false where a function hangs: its thread is left alone, and what it uses is leaked
  bool stop();

 private:
  class impl;
  std::unique_ptr<impl> impl_;
};

/// Lets the process have as many descriptors as it is allowed to: each connection takes one.
void raise_descriptor_limit();

}  // namespace kapacitor::udf::server
