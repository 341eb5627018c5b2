#include "supervise/launch.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "base/process/spawn.hpp"
#include "base/text/error.hpp"

namespace kapacitor::udf::supervise {
namespace {

// Of 1000: more than what else runs usually has, so that a worker is killed first.
constexpr int oom_score_adjust = 500;

struct fd_pair {
  owned_fd ours, theirs;
};

[[noreturn]] void no_descriptor(const std::string& function) {
  throw start_error("no descriptor for a worker of " + function + ": " +
                    std::generic_category().message(errno));
}

fd_pair control_pair(const std::string& function) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) no_descriptor(function);
  return {owned_fd(ends[0]), owned_fd(ends[1])};
}

fd_pair stderr_pipe(const std::string& function) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) no_descriptor(function);
  return {owned_fd(ends[0]), owned_fd(ends[1])};
}

/// The agent's library expects a stream that waits.
void make_blocking(int fd) {
  const int flags = ::fcntl(fd, F_GETFL);
  if (flags >= 0) ::fcntl(fd, F_SETFL, flags & ~O_NONBLOCK);
}

std::vector<resource_limit> limits_of(const worker_limits& l) {
  std::vector<resource_limit> limits;
  if (l.memory != 0) limits.push_back({RLIMIT_DATA, l.memory});
  if (l.cpu_time.count() > 0) {
    limits.push_back({RLIMIT_CPU, static_cast<rlim_t>(l.cpu_time.count())});
  }
  return limits;
}

/// What only a cgroup can limit is said to be missing; the memory has a limit without it, too.
std::unique_ptr<cgroup> make_cgroup(const worker_start& start, const log_sink& log) {
  // A program before this one, with the same pid, may have made some that are in use.
  static const auto begun = std::chrono::steady_clock::now().time_since_epoch().count();
  static std::uint64_t made = 0;
  if (start.limits.memory == 0 && start.limits.cpus <= 0) return nullptr;
  std::string why;
  const auto name = start.function + "." + std::to_string(begun) + "." + std::to_string(++made);
  auto group = cgroup::make(name, start.limits, why);
  if (!group && start.limits.cpus > 0) {
    log_line("no limit on cores")
        .add("function", start.function)
        .add("error", why)
        .write(log, log_level::warn);
  }
  return group;
}

void launch_own(spawn_plan& plan, const worker_start& start, launched_worker& made) {
  auto pair = control_pair(start.function);
  const owned_fd null(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  plan.control = pair.theirs.get();
  plan.in = null.get();
  plan.blocked = {SIGHUP};  // reopen_log() may come before it is there to hear it
  made.pid = spawn(plan);
  made.control = std::move(pair.ours);
}

void launch_agent(spawn_plan& plan, const worker_start& start, launched_worker& made) {
  auto pipe = stderr_pipe(start.function);
  make_blocking(start.connection);
  plan.in = plan.out = start.connection;
  plan.err = pipe.theirs.get();
  made.pid = spawn(plan);
  made.err = std::move(pipe.ours);
}

}  // namespace

launched_worker launch(const worker_start& start, const log_sink& log) {
  const owned_fd connection(start.connection);  // the worker has its own by then
  spawn_plan plan{.words = start.words,
                  .death_signal = SIGKILL,
                  .become = find_identity(start.user, start.group),
                  .limits = limits_of(start.limits),
                  .nice = start.limits.nice,
                  .oom_score_adjust = oom_score_adjust};
  launched_worker made;
  made.group = make_cgroup(start, log);
  if (made.group) plan.cgroup_procs = made.group->procs();
  const bool own = start.what == worker_start::kind::own;
  own ? launch_own(plan, start, made) : launch_agent(plan, start, made);
  return made;
}

}  // namespace kapacitor::udf::supervise
