#pragma once

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "support/eventually.hpp"

namespace test_support {

/// Where a child's standard streams go: files. Empty: /dev/null.
struct child_streams {
  std::string in, out, err;
};

/// A program that was started. Ends with this object: SIGTERM, then SIGKILL; also if the test
/// itself is killed.
class child {
 public:
  explicit child(std::vector<std::string> command, const child_streams& streams = {}) {
    std::vector<char*> argv;
    argv.reserve(command.size() + 1);
    for (auto& word : command) argv.push_back(word.data());
    argv.push_back(nullptr);
    const auto parent = ::getpid();
    pid_ = ::fork();
    if (pid_ < 0) throw std::runtime_error("fork failed");
    if (pid_ > 0) return;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(127);
    redirect(streams.in, O_RDONLY, 0);
    redirect(streams.out, O_WRONLY | O_CREAT | O_TRUNC, 1);
    redirect(streams.err, O_WRONLY | O_CREAT | O_TRUNC, 2);
    ::execvp(argv[0], argv.data());
    ::_exit(127);
  }
  child(const child&) = delete;
  child& operator=(const child&) = delete;
  ~child() { stop(); }

  pid_t pid() const { return pid_; }
  void signal(int number) const {
    if (!status_) ::kill(pid_, number);
  }

  /// Returns: the exit code, 128 + the signal that ended it; empty if it still runs.
  std::optional<int> wait(std::chrono::milliseconds within = std::chrono::seconds(20)) {
    eventually([this] { return ended(); }, within);
    return status_;
  }
  /// Ends it, and waits for that.
  std::optional<int> stop(std::chrono::milliseconds grace = std::chrono::seconds(10)) {
    signal(SIGTERM);
    if (!wait(grace)) signal(SIGKILL);
    return wait();
  }
  bool ended() {
    int raw = 0;
    if (!status_ && ::waitpid(pid_, &raw, WNOHANG) == pid_) {
      status_ = WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw);
    }
    return status_.has_value();
  }

 private:
  static void redirect(const std::string& path, int flags, int to) {
    const int fd = ::open(path.empty() ? "/dev/null" : path.c_str(), flags, 0644);
    if (fd < 0 || ::dup2(fd, to) < 0) ::_exit(127);
    ::close(fd);
  }

  pid_t pid_ = -1;
  std::optional<int> status_;
};

/// Whether a program of that name is on the PATH.
inline bool on_path(const std::string& program) {
  return std::system(("command -v " + program + " >/dev/null 2>&1").c_str()) == 0;
}

}  // namespace test_support
