#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/net/asio.hpp"

namespace kapacitor::udf::host {

/// The two directions of a connection with a UDF, over a socket or a process's pipes.
class channel {
 public:
  using transferred = std::function<void(error_code, std::size_t)>;

  virtual ~channel() = default;
  /// `bytes` stay as they are until `done` is called.
  virtual void read_some(asio::mutable_buffer bytes, transferred done) = 0;
  virtual void write_some(asio::const_buffer bytes, transferred done) = 0;
  /// Half-closes; reading continues.
  virtual void end_input() = 0;
  /// Drops the connection; handlers that wait are called with an error. Never throws.
  virtual void close() = 0;
  /// How the UDF's process ended: empty if all is well or there is none.
  ///
  /// Called once, after everything has been read; waits at most `patience`.
  virtual void when_ended(std::chrono::nanoseconds patience,
                          std::function<void(std::string)> done) = 0;
};

/// Opens connections with a UDF.
class connector {
 public:
  /// An error for the user, or a channel.
  using opened = std::function<void(std::string error, std::shared_ptr<channel>)>;

  virtual ~connector() = default;
  virtual void open(opened done) = 0;
  virtual void cancel() = 0;
};

/// Connects to a UNIX socket; "@name" is an abstract one. If there is no listener yet it tries
/// again, at growing intervals, as Kapacitor does, but logs that, and gives up after `patience`.
std::unique_ptr<connector> make_socket_connector(asio::io_context& io, std::string path,
                                                 std::chrono::nanoseconds patience);

/// Starts a process for each connection; its stderr is logged line by line, and given to `on_line`
/// as well, if that is not empty.
std::unique_ptr<connector> make_process_connector(
    asio::io_context& io, std::string command, std::function<void(std::string_view)> on_line = {});

}  // namespace kapacitor::udf::host
