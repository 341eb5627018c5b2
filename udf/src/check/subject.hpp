#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "check/peer.hpp"
#include "check/sample.hpp"
#include "check/transport.hpp"

namespace kapacitor::udf::host::check {

/// The user's settings for the UDF.
///
/// With both a socket and a command, the command is the server behind the socket: it is started,
/// and started again if it is gone.
struct subject_settings {
  address where;
  std::vector<option> options;
  std::vector<extra_field> fields;
  std::chrono::nanoseconds timeout{};  // Kapacitor's keepalive timeout
};

/// What a function remembers from the first half of the ordinary data to the second.
struct snapshot_run {
  std::string snapshot;                // taken between the halves
  std::vector<std::string> continued;  // to the second half, by one that had the first
  std::vector<std::string> fresh;      // to the second half, by one that had nothing before
};

/// The UDF that is tried, and what is known about it so far.
///
/// Errors of all that needs Info or an accepted Init: verdict (skip) if there is none.
class subject {
 public:
  using duration = std::chrono::nanoseconds;

  explicit subject(subject_settings s) : settings_(std::move(s)) {}

  /// Whether there is anything to be tried. Errors: start_error
  void require_reachable();
  /// Whether the socket has no listener any more.
  bool gone() const;
  /// Starts the server again if it is gone and its command is known.
  void revive();

  duration timeout() const { return settings_.timeout; }
  /// Each connection is a process of its own; else all are with one server.
  bool is_process() const { return settings_.where.socket.empty(); }
  const std::vector<option>& options() const { return settings_.options; }

  /// A new connection; for --exec a new process. Errors: verdict (fail)
  peer connect();
  /// One on which Init was accepted.
  peer start_task();
  peer start_task(const std::vector<option>& options);

  bool answers_info() const { return said_in_info_ && said_in_info_->info(); }
  const udf_info& info();
  /// The message itself.
  const ::agent::InfoResponse& raw_info();
  const sample& data();

  /// A whole conversation: Init, these requests, half-close, to the end.
  peer converse(const std::string& requests);
  /// Its responses to the ordinary data, asked for once.
  const transcript& reference();
  bool answers_snapshots();
  /// Whether the same requests get the same responses.
  bool deterministic();
  /// Empty if the responses of two conversations are the same, as far as the function is
  /// deterministic; else how they differ.
  std::string difference(const std::vector<std::string>& expected,
                         const std::vector<std::string>& got);

  std::optional<snapshot_run> snapshots;  // see snapshot_run_of()

  /// Empty if a new connection is served; else what is wrong.
  std::string trouble_with_a_new_connection();

 private:
  transport open();
  void start_server();
  void ask_info();
  std::optional<peer> try_init(const std::vector<option>& options);

  subject_settings settings_;
  std::unique_ptr<process> server_;
  std::shared_ptr<const transcript> said_in_info_;
  int failed_inits_ = 0;  // one after the other
  std::optional<sample> data_;
  std::shared_ptr<const transcript> reference_;
  std::optional<bool> answers_snapshots_, deterministic_;
};

/// Asks for it with these options, as Kapacitor does.
void ask_init(peer& p, const std::vector<option>& options);

}  // namespace kapacitor::udf::host::check
