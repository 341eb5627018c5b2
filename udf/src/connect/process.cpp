#include "connect/process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include <fmt/format.h>

#include "base/text/error.hpp"

namespace kapacitor::udf::host {
namespace {

struct pipe_ends {
  int read = -1, write = -1;
};
pipe_ends make_pipe() {
  int fds[2];
  if (::pipe2(fds, O_CLOEXEC) != 0) {
    throw start_error(fmt::format("--exec: no pipe: {}", std::strerror(errno)));
  }
  return {fds[0], fds[1]};
}

// Between vfork and exec only what is safe there: the memory is the parent's.
[[noreturn]] void become(const char* command, int in, int out, int err) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  ::signal(SIGPIPE, SIG_DFL);
  ::signal(SIGXFSZ, SIG_DFL);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::dup2(in, 0);
  ::dup2(out, 1);
  ::dup2(err, 2);
  ::execl("/bin/sh", "sh", "-c", command, static_cast<char*>(nullptr));
  ::_exit(127);
}

/// Not fork(): it would copy our page tables, and that would be measured as the UDF's start.
[[gnu::noinline]] pid_t spawn(const char* command, int in, int out, int err) {
  // become() calls only what may be called here, and never returns.
  // NOLINTBEGIN(clang-analyzer-*)
  const pid_t pid = ::vfork();
  if (pid == 0) become(command, in, out, err);
  // NOLINTEND(clang-analyzer-*)
  return pid;
}

std::string described(int status) {
  if (WIFSIGNALED(status)) return fmt::format("signal: {}", ::strsignal(WTERMSIG(status)));
  const auto code = WEXITSTATUS(status);
  return code == 0 ? std::string() : fmt::format("exit status {}", code);
}

double seconds(const timeval& t) {
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
}

}  // namespace

process::process(const std::string& command, int stderr_to) {
  const pipe_ends pipes[] = {make_pipe(), make_pipe(),
                             stderr_to < 0 ? make_pipe() : pipe_ends{-1, -1}};
  const int err = stderr_to < 0 ? pipes[2].write : stderr_to;
  pid_ = spawn(command.c_str(), pipes[0].read, pipes[1].write, err);
  const auto error = errno;
  ::close(pipes[0].read);
  ::close(pipes[1].write);
  if (pipes[2].write >= 0) ::close(pipes[2].write);
  stdin_ = pipes[0].write;
  stdout_ = pipes[1].read;
  stderr_ = pipes[2].read;
  if (pid_ < 0) throw start_error(fmt::format("--exec: cannot fork: {}", std::strerror(error)));
  ::setpgid(pid_, pid_);  // whoever is first, child or parent
}

process::~process() {
  for (const int fd : {stdin_, stdout_, stderr_}) {
    if (fd >= 0) ::close(fd);
  }
  if (pid_ <= 0) return;
  if (!ended()) kill();
  if (!ended_) ::waitpid(pid_, nullptr, 0);
}

std::optional<std::string> process::ended() {
  int status = 0;
  rusage used{};
  if (!ended_ && ::wait4(pid_, &status, WNOHANG, &used) == pid_) {
    ended_ = described(status);
    cpu_ = seconds(used.ru_utime) + seconds(used.ru_stime);
  }
  return ended_;
}

void process::kill() {
  if (!ended_) ::kill(-pid_, SIGKILL);
}

}  // namespace kapacitor::udf::host
