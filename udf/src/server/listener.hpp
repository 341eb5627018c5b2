#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>

#include "server/worker.hpp"
#include "base/text/log.hpp"
#include <kapacitor/udf/function.hpp>

namespace kapacitor::udf::server {

/// Accepts the connections to one function's socket and hands them to workers.
///
/// Threads: that of its io_context
class listener : public std::enable_shared_from_this<listener> {
 public:
  struct surroundings {
    log_sink log;
    std::function<worker&()> choose_worker;
  };
  /// Takes over a listening descriptor.
  listener(boost::asio::io_context& context, int fd, std::shared_ptr<const function> f,
           surroundings around);

  void accept();
  void stop();

 private:
  using protocol = boost::asio::local::stream_protocol;
  void on_accepted(boost::system::error_code error, protocol::socket s, worker& owner);
  void try_later(const boost::system::error_code& why);

  protocol::acceptor acceptor_;
  boost::asio::steady_timer retry_;
  const std::shared_ptr<const function> function_;
  const surroundings around_;
  bool troubled_ = false;
};

}  // namespace kapacitor::udf::server
