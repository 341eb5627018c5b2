#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <new>
#include <utility>

#include <boost/asio/any_io_executor.hpp>

#include "base/net/asio.hpp"

namespace kapacitor {

/// Accepts one connection after the other until stop().
///
/// If the system has no descriptor or no memory for one more it reports that once, pauses, and
/// tries again: trying at once would use a whole core, and nobody could connect again if it ended.
///
/// Threads: that of the acceptor's io_context
template <class Protocol>
class accept_loop : public std::enable_shared_from_this<accept_loop<Protocol>> {
 public:
  using acceptor = typename Protocol::acceptor;
  using socket = typename Protocol::socket;

  struct hooks {
    std::function<void(socket)> accepted;
    /// No connection can be accepted, for this reason; it tries again.
    std::function<void(const error_code&)> short_of_resources;
    /// The first connection after that.
    std::function<void()> recovered;
    /// Where the next connection is to live. Empty: where the acceptor does.
    std::function<asio::any_io_executor()> place{};
    /// Whether there is no room for one more: then it waits for resume(). Empty: there always is.
    std::function<bool()> full{};
  };

  /// Between two tries, if the system is short of something.
  static constexpr auto pause = std::chrono::milliseconds(200);

  accept_loop(acceptor listening, hooks h)
      : acceptor_(std::move(listening)), retry_(acceptor_.get_executor()), hooks_(std::move(h)) {}

  void start() { accept(); }
  /// After an exception has left the io_context, which may have lost what was under way: begins
  /// anew.
  void revive() {
    error_code ignored;
    if (waiting_ || !acceptor_.is_open()) return;
    ++tries_;
    retry_.cancel();
    acceptor_.cancel(ignored);
    accept();
  }
  /// Accepts no more until revive(). A connection that has been accepted is still handed over,
  /// soon.
  void pause_accepting() {
    error_code ignored;
    ++tries_;
    retry_.cancel();
    acceptor_.cancel(ignored);
  }
  /// There is room again.
  void resume() {
    if (std::exchange(waiting_, false)) accept();
  }
  void stop() {
    error_code ignored;
    acceptor_.close(ignored);
    retry_.cancel();
  }

  acceptor& listening() { return acceptor_; }

 private:
  void accept() {
    if (!acceptor_.is_open()) return;
    waiting_ = hooks_.full && hooks_.full();
    if (waiting_) return;
    const auto where = hooks_.place ? hooks_.place() : acceptor_.get_executor();
    acceptor_.async_accept(
        where, [self = this->shared_from_this(), mine = tries_](error_code error, socket s) {
          if (mine == self->tries_) return self->on_accepted(error, std::move(s));
          if (!error) self->hooks_.accepted(std::move(s));  // revive() has begun the next one
        });
  }

  void on_accepted(const error_code& error, socket s) {
    if (!acceptor_.is_open()) return;
    // If the peer was gone before we came there is no reason to pause.
    if (error == asio::error::connection_aborted) return accept();
    if (error) return try_later(error);
    try {
      if (std::exchange(troubled_, false)) hooks_.recovered();
      hooks_.accepted(std::move(s));
      accept();
    } catch (const std::bad_alloc&) {
      try_later(asio::error::no_memory);
    }
  }

  void try_later(const error_code& why) {
    retry_.expires_after(pause);
    retry_.async_wait([self = this->shared_from_this()](error_code cancelled) {
      if (!cancelled) self->accept_again();
    });
    if (!std::exchange(troubled_, true)) hooks_.short_of_resources(why);
  }

  void accept_again() {
    try {
      accept();
    } catch (const std::bad_alloc&) {
      try_later(asio::error::no_memory);
    }
  }

  acceptor acceptor_;
  asio::steady_timer retry_;
  hooks hooks_;
  bool troubled_ = false, waiting_ = false;
  std::uint64_t tries_ = 0;  // that revive() has begun
};

}  // namespace kapacitor
