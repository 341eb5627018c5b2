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
#include "supervise/handover_file.hpp"
#include "supervise/info_query.hpp"
#include "supervise/relay.hpp"
#include "supervise/saved_state.hpp"
#include "supervise/supervised_function.hpp"
#include "supervise/supervisor_settings.hpp"
#include "supervise/task_scores.hpp"
#include "supervise/view.hpp"
#include "supervise/worker_process.hpp"

namespace kapacitor::udf::supervise {

/// A function, its socket, workers and connections.
class post {
 public:
  post(asio::io_context& io, const supervisor_settings& settings, const log_sink& log,
       const supervised_function& f);

  /// One that a program before this one has handed over, or (without conversations) that systemd
  /// has kept of one that has died. Errors: state_error
  post(asio::io_context& io, const supervisor_settings& settings, const log_sink& log,
       const supervised_function& f, const saved_post& saved, handover_in* conversations);

  /// Accepts connections as soon as it is known what Info is to be answered with.
  void start();
  /// Before saved(): nothing may be under way that is no part of it. start() undoes it.
  void pause();
  /// What is handed over, without what the connections' conversations hold.
  saved_post saved() const;
  void save_conversations(handover_out& out) const;
  const std::string& name() const { return function_.name; }
  std::size_t connections() const { return relays_.size(); }
  void stop_accepting();
  void stop_relays();
  void close_relays();
  bool empty() const { return relays_.empty(); }
  void replace_workers();
  void reopen_logs();
  /// What it and its connections do.
  function_view view() const;
  /// The points of a group of the newest connection of the task.
  metrics::watched_group watch(const metrics::watch_request& r);
  std::function<void()> on_closed;  // one of its connections
  std::function<void()> on_empty;

 private:
  using clock = std::chrono::steady_clock;
  using protocol = boost::asio::local::stream_protocol;
  using workers = std::map<std::uint64_t, std::unique_ptr<worker_process>>;

  post(asio::io_context& io, const supervisor_settings& settings, const log_sink& log,
       supervised_function f, std::unique_ptr<server::socket_file> file, int listening);
  accept_loop<protocol>::hooks accept_hooks();
  void adopt(protocol::socket s);
  relay_context context_for(std::uint64_t id);
  void take_over(const saved_relay& saved, handover_in* conversations);
  void keep_socket() const;
  using end_of_worker = std::function<void(const worker_process*, const worker_end&)>;
  std::unique_ptr<worker_process> taken_over(const saved_worker& saved, end_of_worker on_end);
  void farewell_soon();
  void farewell();
  void moved(std::uint64_t id);
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
  void gone(const worker_process* which);
  void say_ended(pid_t pid, const worker_end& end) const;
  void count_scores(const saved_scores* before);
  std::uint64_t seat_for(const relay& r);
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
  std::weak_ptr<info_query> query_;  // the newest
  std::unique_ptr<worker_process> shared_;
  std::vector<std::unique_ptr<worker_process>> leaving_;  // answer what they have, then end
  std::set<std::uint64_t> moving_;                        // relays that one of those still serves
  std::set<const worker_process*> condemned_;             // of those: are to be killed
  workers alone_;
  boost::asio::steady_timer farewell_, retry_;
  std::optional<clock::time_point> shared_lost_;
  std::unique_ptr<task_scores> scores_;  // if somebody wants to know
  std::uint64_t started_ = 0;            // workers so far
  std::uint64_t last_id_ = 0;
};

}  // namespace kapacitor::udf::supervise
