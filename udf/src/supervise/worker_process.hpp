#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/net/asio.hpp"
#include "base/text/log.hpp"
#include "server/control_socket.hpp"
#include "supervise/saved_state.hpp"
#include "supervise/worker_limits.hpp"

namespace kapacitor::udf::supervise {

/// How a worker is started.
struct worker_start {
  enum class kind {
    own,   // this program with --worker: gets its connections by send_connection()
    agent  // any program that speaks Kapacitor's protocol on stdin and stdout: `connection`
  };
  kind what = kind::own;
  std::string function = {};            // for the log
  std::vector<std::string> words = {};  // the program, looked for on PATH, and its arguments; of an
                                        // own one worker_words() (program/worker_mode.hpp)
  int connection = -1;  // of an agent: its stdin and stdout. Taken over, also on failure
  std::string user = {}, group = {};  // whose it becomes, by name or number; empty: as we
  worker_limits limits = {};
};

/// How a worker ended.
struct worker_end {
  int exit_status = 0;  // if no signal ended it
  int signal = 0;       // 0: none did
  bool core_dumped = false;
  bool out_of_memory = false;    // by its own account (worker_exit::out_of_memory), or the cgroup's
  bool out_of_cpu_time = false;  // of its limit
  std::chrono::microseconds cpu{0};  // that it and the processes it waited for used

  /// "exit status 3", "signal 11 (Segmentation fault), core dumped"; and ", out of memory" or ",
  /// CPU time used up" behind that.
  std::string text() const;
};

/// A running worker: a process, in a process group of its own, which ends with the supervisor.
///
/// Whatever the group has left is killed when the worker has ended. Of an agent, each line on
/// stderr goes to the log with function and label().
/// Its memory limit is RLIMIT_DATA, not RLIMIT_AS: that one counts address space which malloc,
/// threads and garbage collectors reserve and never use. A process that reaches it is told by a
/// failed allocation; one that reaches its cgroup's memory.max is killed by the kernel. The kernel,
/// if the machine is short of memory, kills a worker before the supervisor (oom_score_adj).
///
/// Threads: that of its io_context, which must be the supervisor's first: the kernel takes the end
/// of the thread that started a worker for the end of the supervisor
class worker_process {
 public:
  struct hooks {
    log_sink log;
    /// Called once, from the io_context, never from within a call of this object, which may be
    /// destroyed in it. Everything it had written to stderr is in the log by then.
    std::function<void(const worker_end&)> on_end;
    /// A line that an agent writes to stderr; empty: it goes to the log.
    std::function<void(std::string_view)> on_line = {};
  };

  /// Errors: start_error with the program and why it cannot be run, or the user that is not known
  worker_process(asio::io_context& io, worker_start start, hooks h);
  /// One that a program before this one has started, in the place of which this one is.
  worker_process(asio::io_context& io, worker_start start, hooks h, saved_worker running);
  /// Kills it, if it still runs, and waits for that. on_end is not called any more.
  ~worker_process();
  worker_process(const worker_process&) = delete;
  worker_process& operator=(const worker_process&) = delete;

  /// Hands a connection (a socket) to an own worker. It is taken over: closed here once it is sent,
  /// or if the worker is gone. Never blocks.
  void send_connection(const server::passed_connection& c);
  /// The same of the scoreboard that its connections have seats on; before the first of them.
  void send_scoreboard(int fd);
  /// No more connections: an own worker answers what it has received and exits with status 0. An
  /// agent does so by itself when its connection ends.
  void drain();
  /// SIGKILL, to it and its process group.
  void kill();
  /// SIGABRT: an own worker that is busy reports in the log where it is, and ends. One that has not
  /// ended a moment later is to be killed.
  void interrupt();
  /// SIGHUP: an own worker opens its log file again.
  void reopen_log();

  /// What is said of it in the log beside its function, such as "task=t node=f2".
  void set_label(std::string label);
  pid_t pid() const;
  /// For a program that takes the place of this one.
  saved_worker saved() const;
  /// Empty as long as it runs.
  const std::optional<worker_end>& end() const;

 private:
  class impl;
  std::shared_ptr<impl> impl_;
};

}  // namespace kapacitor::udf::supervise
