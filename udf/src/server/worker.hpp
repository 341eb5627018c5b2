#pragma once

#include <atomic>
#include <cstddef>
#include <exception>
#include <future>
#include <memory>
#include <optional>
#include <set>
#include <thread>
#include <utility>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include "server/connection.hpp"
#include "server/read_pause.hpp"
#include "server/watchdog.hpp"

namespace kapacitor::udf::server {

/// What all connections of a server share.
struct server_context {
  server_context(const watchdog_settings& settings, const log_sink& sink)
      : log(sink), heartbeats(settings, sink) {}

  agent::session_settings session;
  std::chrono::milliseconds linger{1000};
  log_sink log;
  watchdog heartbeats;
  std::atomic<std::uint64_t> last_id{0};
  std::optional<metrics::scoreboard> scores;  // of a supervisor; before the first connection
  std::unique_ptr<own_connections> own;       // of nobody; before start(), if somebody watches
};

/// A connection that a worker is to serve.
struct accepted_connection {
  connection::socket socket;  // of the worker's io_context
  std::uint64_t id;           // for the log
  std::shared_ptr<const function> what;
  std::size_t seat = metrics::scoreboard::nowhere;
};

/// A thread and the connections that belong to it.
///
/// Threads: any, but for the private part, which is the thread's own
class worker : public std::enable_shared_from_this<worker> {
 public:
  explicit worker(std::shared_ptr<server_context> shared);

  void start();
  boost::asio::io_context& context() { return context_; }
  std::size_t connections() const { return count_.load(std::memory_order_relaxed); }
  bool busy_for_now() const { return watched_.busy_for_now(); }

  /// Errors: std::bad_alloc; it is closed then
  void adopt(accepted_connection c);
  /// Lets every connection finish what it has received. The thread ends with the last of them.
  void stop();
  /// Closes what is still open.
  void abandon();
  /// Returns: whether the thread ended in time.
  bool ended_by(std::chrono::steady_clock::time_point deadline);
  /// After ended_by() said no: leaves the thread to itself.
  void detach() { thread_.detach(); }

 private:
  void run() noexcept;
  void run_loop();
  void complain(const char* what, const std::exception& problem) const noexcept;
  void open(accepted_connection c);
  void forget(connection& c);

  const std::shared_ptr<server_context> shared_;
  watched_thread& watched_;
  read_pause read_pause_;
  boost::asio::io_context context_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard_;
  std::set<std::shared_ptr<connection>> open_;
  std::atomic<std::size_t> count_{0};
  bool stopping_ = false;
  std::promise<void> ended_;
  std::future<void> end_ = ended_.get_future();
  std::thread thread_;
};

}  // namespace kapacitor::udf::server
