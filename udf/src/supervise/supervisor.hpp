#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/net/asio.hpp"
#include "base/text/log.hpp"
#include "supervise/supervised_function.hpp"
#include "supervise/supervisor_settings.hpp"

namespace kapacitor::udf::supervise {

/// Owns the sockets of functions and Kapacitor's connections to them, and keeps workers that serve
/// these. Runs no function's code.
///
/// Threads: that of the io_context, which must be the process's first thread (see worker_process)
class supervisor {
 public:
  supervisor(asio::io_context& io, supervisor_settings settings, log_sink log);
  ~supervisor();
  supervisor(const supervisor&) = delete;
  supervisor& operator=(const supervisor&) = delete;

  /// Opens the function's socket. Errors: start_error, see server::socket_file
  void serve(supervised_function f);
  void start();
  /// New workers for all connections, without loss: own ones of the program in that file (empty:
  /// the running one), which must still have all options. If not, the old ones go on.
  void replace_workers(const std::string& program);
  /// The workers open their log files again.
  void reopen_logs();
  /// Takes no more connections, answers what was received, closes; calls `done`.
  void stop(std::function<void()> done);

 private:
  class impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace kapacitor::udf::supervise
