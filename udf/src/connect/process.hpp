#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <utility>

namespace kapacitor::udf::host {

/// A running command: /bin/sh -c COMMAND, in a process group of its own, so that Ctrl-C on the
/// terminal reaches us alone and we end it in an orderly way.
///
/// Whatever is left of the group ends with this object.
class process {
 public:
  /// Its stderr becomes a pipe, or goes to the descriptor `stderr_to`, which stays the caller's.
  /// Errors: start_error
  explicit process(const std::string& command, int stderr_to = -1);
  ~process();
  process(const process&) = delete;
  process& operator=(const process&) = delete;

  /// The ends of its pipes. Whoever takes one closes it.
  int take_stdin() { return take(stdin_); }
  int take_stdout() { return take(stdout_); }
  int take_stderr() { return take(stderr_); }

  /// Whether it has ended; then how: the empty text for exit status 0, else such as
  /// "exit status 3" or "signal 9 (Killed)".
  std::optional<std::string> ended();
  void kill();
  pid_t pid() const { return pid_; }
  /// CPU time of it and of the processes that it waited for, seconds. After ended().
  double cpu() const { return cpu_; }

 private:
  void close_own();
  static int take(int& fd) { return std::exchange(fd, -1); }

  pid_t pid_ = -1;
  int stdin_ = -1, stdout_ = -1, stderr_ = -1;
  std::optional<std::string> ended_;
  double cpu_ = 0;
};

}  // namespace kapacitor::udf::host
