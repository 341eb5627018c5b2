#include <host/process.hpp>

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include <fmt/format.h>
#include <host/usage_error.hpp>

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

// Between fork and exec only what is safe there.
[[noreturn]] void become(const char* command, const pipe_ends* pipes) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  ::signal(SIGPIPE, SIG_DFL);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::dup2(pipes[0].read, 0);
  ::dup2(pipes[1].write, 1);
  ::dup2(pipes[2].write, 2);
  ::execl("/bin/sh", "sh", "-c", command, static_cast<char*>(nullptr));
  ::_exit(127);
}

std::string described(int status) {
  if (WIFSIGNALED(status)) return fmt::format("signal: {}", ::strsignal(WTERMSIG(status)));
  const auto code = WEXITSTATUS(status);
  return code == 0 ? std::string() : fmt::format("exit status {}", code);
}

}  // namespace

process::process(const std::string& command) {
  const pipe_ends pipes[] = {make_pipe(), make_pipe(), make_pipe()};
  pid_ = ::fork();
  if (pid_ == 0) become(command.c_str(), pipes);
  const auto error = errno;
  ::close(pipes[0].read);
  ::close(pipes[1].write);
  ::close(pipes[2].write);
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
  if (!ended_ && ::waitpid(pid_, &status, WNOHANG) == pid_) ended_ = described(status);
  return ended_;
}

void process::kill() {
  if (!ended_) ::kill(-pid_, SIGKILL);
}

}  // namespace kapacitor::udf::host
