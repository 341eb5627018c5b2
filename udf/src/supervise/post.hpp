#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/net/accept_loop.hpp"
#include "base/net/asio.hpp"
#include "base/text/log.hpp"
#include "server/socket_file.hpp"
#include "supervise/relay.hpp"
#include "supervise/supervised_function.hpp"
#include "supervise/supervisor_settings.hpp"
#include "supervise/worker_process.hpp"

namespace kapacitor::udf::supervise {

/// A function, its socket, workers and connections.
class post {
 public:
  post(asio::io_context& io, const supervisor_settings& settings, const log_sink& log,
       supervised_function f);

  /// Accepts connections as soon as it is known what Info is to be answered with.
  void start();
  void stop_accepting();
  void stop_relays();
  void close_relays();
  bool empty() const { return relays_.empty(); }
  void replace_workers(const std::string& program);
  void reopen_logs();
  std::function<void()> on_empty;

 private:
  using clock = std::chrono::steady_clock;
  using protocol = boost::asio::local::stream_protocol;
  using workers = std::map<std::uint64_t, std::unique_ptr<worker_process>>;

  accept_loop<protocol>::hooks accept_hooks();
  void adopt(protocol::socket s);
  int connect(relay& r);
  int connect_shared(relay& r);
  int connect_alone(relay& r);
  bool wants_alone(const relay& r) const;
  void lost(relay& r, bool planned);
  void kill(relay& r, bool hangs);
  void move_to_new_workers();
  void let_go(std::unique_ptr<worker_process> w, bool hangs);
  void closed(relay& r);
  void shared_ended(const worker_process* which, const worker_end& end);
  void alone_ended(std::uint64_t id, const worker_process* which, const worker_end& end);
  void say_ended(pid_t pid, const worker_end& end) const;
  std::unique_ptr<worker_process> started(int connection,
                                          std::function<void(const worker_end&)> on_end);

  asio::io_context& io_;
  const supervisor_settings& settings_;
  const log_sink& log_;
  supervised_function function_;
  std::string info_;  // a frame
  std::unique_ptr<server::socket_file> file_;
  std::shared_ptr<accept_loop<protocol>> accepting_;
  std::set<std::shared_ptr<relay>> relays_;
  std::unique_ptr<worker_process> shared_;
  std::vector<std::unique_ptr<worker_process>> leaving_;  // answer what they have, then end
  workers alone_;
  boost::asio::steady_timer farewell_, retry_;
  std::optional<clock::time_point> shared_lost_;
  std::uint64_t last_id_ = 0;
};

}  // namespace kapacitor::udf::supervise
