#include "connect/process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include <fmt/format.h>

#include "base/process/spawn.hpp"
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

double seconds(const timeval& t) {
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
}

}  // namespace

process::process(const std::string& command, int stderr_to) {
  const pipe_ends pipes[] = {make_pipe(), make_pipe(),
                             stderr_to < 0 ? make_pipe() : pipe_ends{-1, -1}};
  stdin_ = pipes[0].write;
  stdout_ = pipes[1].read;
  stderr_ = pipes[2].read;
  const auto theirs = {pipes[0].read, pipes[1].write, pipes[2].write};
  const auto close_theirs = [&] {
    for (const int fd : theirs) {
      if (fd >= 0) ::close(fd);
    }
  };
  try {
    pid_ = spawn({.words = {"/bin/sh", "-c", command},
                  .in = pipes[0].read,
                  .out = pipes[1].write,
                  .err = stderr_to < 0 ? pipes[2].write : stderr_to,
                  .death_signal = SIGTERM});
  } catch (const start_error& problem) {
    close_theirs();
    close_own();
    throw start_error(fmt::format("--exec: {}", problem.what()));
  }
  close_theirs();
}

void process::close_own() {
  for (int* fd : {&stdin_, &stdout_, &stderr_}) {
    if (*fd >= 0) ::close(*fd);
    *fd = -1;
  }
}

process::~process() {
  close_own();
  if (pid_ <= 0) return;
  if (!ended()) kill();
  if (!ended_) ::waitpid(pid_, nullptr, 0);
}

std::optional<std::string> process::ended() {
  int status = 0;
  rusage used{};
  if (!ended_ && ::wait4(pid_, &status, WNOHANG, &used) == pid_) {
    ended_ = status == 0 ? std::string() : end_of_process(status);
    cpu_ = seconds(used.ru_utime) + seconds(used.ru_stime);
  }
  return ended_;
}

void process::kill() {
  if (!ended_) ::kill(-pid_, SIGKILL);
}

}  // namespace kapacitor::udf::host
