#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/net/asio.hpp"
#include "base/text/log.hpp"
#include "journal/conversation.hpp"
#include "server/channel.hpp"
#include "supervise/fd_store.hpp"
#include "supervise/kept_conversation.hpp"
#include "supervise/saved_state.hpp"
#include "supervise/view.hpp"

namespace kapacitor::udf::supervise {

class relay;

/// What a relay needs of its supervisor.
struct relay_context {
  std::string function;
  std::uint64_t id;
  journal::conversation_settings conversation;
  journal::conversation_hooks hooks;
  std::chrono::milliseconds linger{1000};  // how long bytes that still come are thrown away
  /// Connects a worker. Returns: the descriptor of this side of a new socket pair; -1: not yet, try
  /// again soon. Errors: start_error
  std::function<int(relay&)> connect_worker;
  /// The connection to the worker has ended, though not all was said; `planned`: by
  /// replace_worker().
  std::function<void(relay&, bool planned)> worker_lost;
  /// The relay's worker hangs, or speaks nonsense: end it. One that hangs may still report where.
  std::function<void(relay&, bool hangs)> kill_worker;
  /// A snapshot was taken: what comes next is what another worker would repeat.
  std::function<void(relay&)> on_snapshot;
  std::function<void(relay&)> on_closed;
  std::shared_ptr<metrics::warning> warned;  // what the hooks' log has taken last
  std::shared_ptr<const fd_store> store;     // keeps the connection; none: nobody does
};

/// One connection of Kapacitor, and the one to the worker that serves it for now: moves bytes
/// between both and a journal::conversation. Threads: that of its io_context
class relay : public std::enable_shared_from_this<relay> {
 public:
  using socket = boost::asio::local::stream_protocol::socket;

  relay(socket kapacitor, relay_context context);

  void start();
  /// Answers what Kapacitor has sent so far and closes.
  void stop();
  /// A worker can be had again.
  void wake();
  void close() noexcept;
  /// Gives the connection to another worker, without loss: a planned restart.
  void replace_worker();

  /// For a program that takes the place of this one: with the bytes of its conversation().
  saved_relay saved() const;
  std::string saved_conversation() { return conversation_.saved(); }
  /// Is where another one stopped; goes on by wake(). Errors: state_error
  void resume(const saved_relay& saved, std::string_view conversation);
  /// The same after the end of the other one, from what it has recorded. Errors: state_error
  void recover(const saved_relay& saved);

  std::uint64_t id() const { return context_.id; }
  const journal::conversation& conversation() const { return *conversation_; }
  task_view view() const;
  /// "function=... task=... node=..." for the log.
  std::string label() const;

 private:
  /// One of the two connections.
  struct side {
    explicit side(socket s) : connection(std::move(s)), channel(channel_of(connection)) {}
    static server::channel channel_of(socket& s) {
      return server::channel::of_socket(s.native_handle());
    }
    socket connection;
    server::channel channel;
    bool waits_to_read = false, waits_to_write = false;  // asio has been asked
    bool input_ended = false;
  };
  enum class moved { nothing, bytes, gone };

  template <class F>
  void guarded(F work) noexcept;
  void pump();
  bool pump_once();
  moved hear_kapacitor();
  moved tell_kapacitor();
  moved tell_worker();
  moved hear_worker();
  std::size_t waiting_for_worker() const;
  void check_worker();
  socket opened(int fd);
  void start_worker();
  void drop_worker(std::string_view why, bool planned = false);
  void wait();
  void wait_for(side& s, socket::wait_type what, bool side::*waits);
  void wait_for_time();
  void finish_closing();
  void take_over(const saved_relay& saved);
  void keep(std::unique_ptr<conversation_record> record);
  void keep_no_longer() noexcept;
  void forget_stored() const;
  std::string stored_name() const;
  void linger_until(std::chrono::steady_clock::time_point t);
  void discard();
  static journal::conversation::moment now();
  void say_ended() const;
  void say(log_level level, std::string_view phrase, std::string_view more = {}) const;

  side kapacitor_;
  std::shared_ptr<side> worker_;
  const relay_context context_;
  kept_conversation conversation_;
  boost::asio::steady_timer timer_;
  std::optional<std::chrono::steady_clock::time_point> leave_at_;  // while lingering
  std::optional<std::chrono::steady_clock::time_point> try_again_;
  bool pump_is_posted_ = false;
};

}  // namespace kapacitor::udf::supervise
