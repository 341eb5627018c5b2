#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/net/asio.hpp"
#include "base/process/owned_fd.hpp"
#include "base/text/log.hpp"
#include "supervise/handover_file.hpp"
#include "supervise/supervised_function.hpp"
#include "supervise/supervisor_settings.hpp"
#include "supervise/view.hpp"

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
  void serve(const supervised_function& f);
  /// The same of a function that a program before this one has served: one record of what it
  /// handed over, in the order of the records; without conversations, what systemd has kept of it.
  /// Errors: state_error
  void take_over(const supervised_function& f, const saved_post& saved, handover_in* conversations);
  void start();
  /// Before hand_over(): no connection is accepted and nothing is asked, until start().
  void pause();
  /// What a program needs that takes the place of this one, with its descriptors; `conversations`:
  /// all of it, not just which functions there are. Errors: start_error
  struct handed_over {
    owned_fd file;
    std::vector<int> descriptors;
  };
  handed_over hand_over(bool conversations) const;
  bool stopping() const;
  std::size_t connections() const;
  std::vector<function_view> view() const;
  /// The points of a group, as somebody watches them.
  metrics::watched_group watch(const metrics::watch_request& r);
  /// New workers for all connections, without loss; they must have all options of those before. If
  /// not, the old ones go on.
  void replace_workers();
  /// The workers open their log files again.
  void reopen_logs();
  /// Takes no more connections, answers what was received, closes; calls `done`.
  void stop(std::function<void()> done);

 private:
  class impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace kapacitor::udf::supervise
