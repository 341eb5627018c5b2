#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/text/log.hpp"
#include "server/channel.hpp"
#include "server/own_connections.hpp"
#include "server/read_pause.hpp"
#include "server/read_size.hpp"
#include "server/reply_writer.hpp"
#include "server/score_keeper.hpp"
#include "server/watchdog.hpp"
#include "session/session.hpp"

namespace kapacitor::udf::server {

class connection;

/// What a connection needs of its worker and server.
struct connection_context {
  agent::session_settings session;
  log_sink log;
  watched_thread& thread;  // that of the io_context
  read_pause& pause;       // of the same
  std::uint64_t id;
  std::chrono::milliseconds linger;       // how long bytes that still come are thrown away
  metrics::scoreboard* scores = nullptr;  // where it says what it does; none: nowhere
  std::size_t seat = metrics::scoreboard::nowhere;
  std::optional<own_connections::place> place = {};  // without a supervisor that knows of it
  std::function<void(connection&)> on_closed;
};

/// One connection of Kapacitor's: drives a session over a socket.
///
/// Reads, lets the session work, writes all there is to say, reads again: a peer that does not read
/// is not read from. Asio only waits; bytes move by recv() and send() until they say EAGAIN.
/// Threads: that of its io_context
class connection : public std::enable_shared_from_this<connection> {
 public:
  using socket = boost::asio::local::stream_protocol::socket;

  connection(socket s, std::shared_ptr<const function> f, connection_context context);
  ~connection();

  void start();
  /// Answers what the peer has sent so far and closes as soon as the peer has read that. What it
  /// sends meanwhile is thrown away.
  void stop();
  /// Closes at once.
  void close() noexcept;

 private:
  enum class next { step, wait_to_read, wait_to_write, linger, close };
  template <class F>
  void guarded(F work) noexcept;
  void run();
  void take_steps();
  next step();
  next receive();
  next end_of_input();
  next process();
  next write();
  next gone(int error);
  void linger();
  void wait_to_leave();
  void leave();
  bool all_read() const;
  void discard();
  template <class Then>
  void wait(socket::wait_type what, Then then);
  void tell_time_again();
  void tell_time();
  void label();
  log_line line(std::string_view phrase) const;

  socket socket_;
  const std::shared_ptr<const function> function_;
  const connection_context context_;
  const channel channel_;
  reply_writer replies_;
  std::optional<score_keeper> score_;  // if somebody reads it
  std::optional<agent::session> session_;
  adaptive_read_size read_size_;
  std::optional<boost::asio::steady_timer> timer_;
  std::optional<boost::asio::steady_timer> second_;  // for a function that asks for the time
  std::uint64_t waits_ = 0;                          // so far; only the last one counts
  bool run_is_posted_ = false;
  bool more_ = false;      // to process, once the output is written
  bool finished_ = false;  // the peer has sent everything
  bool stopping_ = false;
  std::size_t still_to_read_ = 0;  // bytes, while stopping
  std::chrono::steady_clock::time_point leave_at_;
  bool labelled_ = false;
};

}  // namespace kapacitor::udf::server
