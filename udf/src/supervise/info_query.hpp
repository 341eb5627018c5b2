#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/net/asio.hpp"
#include "base/text/log.hpp"
#include "supervise/worker_process.hpp"

namespace kapacitor::udf::supervise {

/// Starts a worker, asks it what Kapacitor asks each function first, and lets it end.
///
/// Threads: that of the io_context, see worker_process
class info_query : public std::enable_shared_from_this<info_query> {
 public:
  /// The frame of its InfoResponse; or none, and why.
  using answer = std::function<void(const std::string& frame, const std::string& problem)>;

  static std::weak_ptr<info_query> ask(asio::io_context& io, const worker_start& start,
                                       const log_sink& log, answer done);
  /// Ends the worker at once; nothing is told.
  void cancel();

  info_query(asio::io_context& io, answer done);

 private:
  void begin(asio::io_context& io, const worker_start& start, const log_sink& log);
  void read();
  void take(std::size_t n);
  void finish(const std::string& frame, const std::string& problem);

  asio::posix::stream_descriptor socket_;
  asio::steady_timer deadline_;
  std::unique_ptr<worker_process> worker_;
  answer done_;
  std::string received_;
  char buffer_[4096] = {};
};

}  // namespace kapacitor::udf::supervise
