#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <tuple>

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include "base/net/asio.hpp"
#include "base/net/http_server.hpp"

namespace kapacitor {

class http_session;

/// What the connections of an http_server ask it, and tell it.
class http_session_owner {
 public:
  virtual ~http_session_owner() = default;

  virtual const http_server::settings& how() const = 0;
  /// The time for receiving: `usual`, or less if the server is to stop.
  virtual std::chrono::nanoseconds time_for(std::chrono::nanoseconds usual) const = 0;
  virtual bool closed() const = 0;

  virtual void joined(http_session& s) = 0;
  virtual void left(http_session& s) = 0;
  /// Returns: whether there is room for that many bytes now.
  virtual bool reserve(std::size_t bytes) = 0;
  /// Has try_body() called once some room was released.
  virtual void wait_for_room(std::shared_ptr<http_session> s) = 0;
  virtual void release(std::size_t bytes) = 0;
  virtual void busy(int change) = 0;
  /// A connection waits for its next request.
  virtual void idle() = 0;
  virtual void handle(http_request&& r, http_server::responder answer) = 0;
};

/// One connection of an http_server: a request, its answer, the next request.
///
/// Threads: that of the socket
class http_session : public std::enable_shared_from_this<http_session> {
 public:
  using tcp = asio::ip::tcp;
  using steady_clock = std::chrono::steady_clock;

  http_session(std::shared_ptr<http_session_owner> owner, tcp::socket accepted);
  ~http_session();
  http_session(const http_session&) = delete;
  http_session& operator=(const http_session&) = delete;

  /// Takes the next request.
  void wait();
  /// Reads the body, if there is room for it. Returns: false if it has to wait.
  bool try_body();
  void close();

  bool waiting() const { return stage_ == stage::waiting; }
  bool receiving() const { return stage_ == stage::header || stage_ == stage::body; }
  bool closed() const { return stage_ == stage::closed; }
  /// Whether it may be closed rather than another one that waits: it never had a request, or it has
  /// waited for longer.
  bool expendable_before(const http_session& other) const {
    return std::tuple(served_, since_) < std::tuple(other.served_, other.since_);
  }

 private:
  enum class stage { waiting, header, body, handling, answering, lingering, closed };

  void read_header();
  void on_header(error_code error);
  void go_on();
  void on_body(error_code error);
  void handle();
  void refuse(unsigned status, const char* why);
  void answer(const http_reply& reply);
  void on_answered(error_code error);
  void linger();
  void discard();
  void set_busy(bool busy);

  std::shared_ptr<http_session_owner> owner_;
  boost::beast::tcp_stream stream_;
  boost::beast::flat_buffer buffer_;
  std::optional<boost::beast::http::request_parser<boost::beast::http::string_body>> parser_;
  boost::beast::http::response<boost::beast::http::string_body> response_;
  stage stage_ = stage::waiting;
  steady_clock::time_point since_ = steady_clock::now();  // that it waits
  std::size_t reserved_ = 0;                              // bytes
  std::size_t discarded_ = 0;                             // bytes
  bool busy_ = false, served_ = false;
};

}  // namespace kapacitor
