#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "base/numbers/number_row.hpp"
#include "metrics/work_times.hpp"
#include "server/control_socket.hpp"
#include "session/totals.hpp"
#include <kapacitor/udf/state.hpp>

// What a supervisor hands to the program that takes its place: processes and descriptors by their
// numbers, which stay the same, and the times of the steady clock, which goes on.
namespace kapacitor::udf::supervise {

/// Raise it with every change of what is saved here; see conversation::state_version as well.
inline constexpr std::uint32_t saved_version = 3;

struct saved_worker {
  pid_t pid = -1;
  int control = -1, err = -1;
  std::string said = {};  // on err: a line that has not ended yet
  std::string label = {}, cgroup = {};
  bool draining = false;
  std::vector<server::passed_connection> waiting = {};  // connections that it is to get

  auto state() { return std::tie(pid, control, err, said, label, cgroup, draining, waiting); }
};

/// Its conversation follows separately.
struct saved_relay {
  std::uint64_t id = 0;
  int kapacitor = -1, worker = -1;
  int record = -1;                                     // of the conversation, if it is kept
  bool kapacitor_ended = false, worker_ended = false;  // the input
  std::optional<std::chrono::steady_clock::time_point> leave_at = {};

  auto state() {
    return std::tie(id, kapacitor, worker, record, kapacitor_ended, worker_ended, leave_at);
  }
};

/// A socket's file; without a lock if somebody else, such as systemd, has made it.
struct saved_socket {
  int listening = -1, lock = -1;
  dev_t device = 0;
  ino_t inode = 0;

  auto state() { return std::tie(listening, lock, device, inode); }
};

/// What task_scores knows.
struct saved_scores {
  struct task {
    std::uint64_t id = 0, seat = 0;
    number_row<agent::session_totals> before = {}, kept = {};
    number_row<metrics::work_times> worked = {};

    auto state() { return std::tie(id, seat, before, kept, worked); }
  };
  int board = -1;  // none: nobody wants to know
  std::vector<task> tasks = {};

  auto state() { return std::tie(board, tasks); }
};

struct saved_post {
  std::string name, path, info;
  saved_socket socket = {};
  std::uint64_t last_id = 0;
  std::optional<saved_worker> shared = {};
  std::optional<std::chrono::steady_clock::time_point> shared_lost = {};
  std::vector<std::pair<std::uint64_t, saved_worker>> alone = {};  // by the relay's id
  std::vector<saved_worker> leaving = {};
  std::vector<saved_relay> relays = {};
  saved_scores scores = {};

  auto state() {
    return std::tie(name, path, info, socket, last_id, shared, shared_lost, alone, leaving, relays,
                    scores);
  }
};

struct saved_supervisor {
  std::chrono::steady_clock::time_point since;  // when it was handed over
  std::vector<saved_post> posts = {};

  auto state() { return std::tie(since, posts); }
};

/// All descriptors that are meant.
std::vector<int> descriptors_of(const saved_supervisor& s);

}  // namespace kapacitor::udf::supervise
