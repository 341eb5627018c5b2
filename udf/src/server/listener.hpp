#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>

#include "base/net/accept_loop.hpp"
#include "base/text/log.hpp"
#include "server/worker.hpp"
#include <kapacitor/udf/function.hpp>

namespace kapacitor::udf::server {

/// What a listener needs of its server.
struct listener_context {
  log_sink log;
  std::function<worker&()> choose_worker;
  std::atomic<std::uint64_t>& last_id;  // of a connection
};

/// Accepts the connections to one function's socket and hands them to workers.
///
/// Threads: that of its io_context
class listener {
 public:
  /// Takes over a listening descriptor.
  listener(boost::asio::io_context& accepting, int fd, std::shared_ptr<const function> f,
           listener_context context);

  void accept();
  void revive() { loop_->revive(); }
  void stop() { loop_->stop(); }

 private:
  using protocol = boost::asio::local::stream_protocol;
  accept_loop<protocol>::hooks hooks();
  void report(const char* what, log_level level, const std::string& error) const;

  const std::shared_ptr<const function> function_;
  const listener_context context_;
  worker* next_ = nullptr;  // the owner of the connection that is waited for
  std::shared_ptr<accept_loop<protocol>> loop_;
};

}  // namespace kapacitor::udf::server
