#include "base/process/spawn.hpp"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <system_error>

#include "base/text/error.hpp"

namespace kapacitor {
namespace {

/// What went wrong in the child.
struct failure {
  const char* step = nullptr;  // nullptr: nothing
  int error = 0;
};

/// How the child tells its failure. Its end is closed when its program runs. It is not told by the
/// memory that both share: a sanitizer makes a fork() of vfork().
class failure_pipe {
 public:
  failure_pipe() {
    if (::pipe2(ends_, O_CLOEXEC) != 0) {
      throw start_error("no pipe: " + std::generic_category().message(errno));
    }
  }
  ~failure_pipe() {
    for (const int fd : ends_) ::close(fd);
  }
  failure_pipe(const failure_pipe&) = delete;
  failure_pipe& operator=(const failure_pipe&) = delete;

  void tell(const failure& f) const {
    [[maybe_unused]] const auto n = ::write(ends_[1], &f, sizeof f);
  }
  failure heard() {
    ::close(ends_[1]);
    ends_[1] = -1;
    failure f;
    ssize_t n = 0;
    do n = ::read(ends_[0], &f, sizeof f);
    while (n < 0 && errno == EINTR);
    return n == static_cast<ssize_t>(sizeof f) ? f : failure{};
  }

 private:
  int ends_[2] = {-1, -1};
};

/// All that the child needs, made before: there it may allocate nothing.
struct prepared {
  explicit prepared(const spawn_plan& p) : plan(p) {
    for (const auto& word : p.words) argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);
    add_environment();
    adjust = std::clamp(own_oom_score() + p.oom_score_adjust, -1000, 1000);
    adjust_size = static_cast<std::size_t>(
        std::snprintf(adjust_text.data(), adjust_text.size(), "%d", adjust));
  }

  const spawn_plan& plan;
  std::vector<char*> argv, envp;
  std::array<char, 16> adjust_text{};
  std::size_t adjust_size = 0;
  int adjust = 0;
  pid_t parent = ::getpid();
  failure_pipe failed;

 private:
  /// Of another user, the variables that say who one is are not ours.
  void add_environment() {
    const bool named = plan.become && !plan.become->name.empty();
    if (named) {
      own = {"HOME=" + plan.become->home, "USER=" + plan.become->name,
             "LOGNAME=" + plan.become->name};
    }
    for (char** variable = environ; *variable; ++variable) {
      const auto is_own = [&](const std::string& o) {
        const auto size = o.find('=') + 1;
        return ::strncmp(*variable, o.c_str(), size) == 0;
      };
      if (std::none_of(own.begin(), own.end(), is_own)) envp.push_back(*variable);
    }
    for (const auto& variable : own) envp.push_back(const_cast<char*>(variable.c_str()));
    envp.push_back(nullptr);
  }
  static int own_oom_score() {
    int score = 0;
    if (auto* file = std::fopen("/proc/self/oom_score_adj", "re")) {
      if (std::fscanf(file, "%d", &score) != 1) score = 0;
      std::fclose(file);
    }
    return score;
  }

  std::vector<std::string> own;
};

// What follows runs between vfork() and exec, in our memory: only system calls, and no wrapper of
// libc that tells the other threads, as setuid() does.

bool fails(prepared& p, const char* step, long result) {
  if (result >= 0) return false;
  p.failed.tell({step, errno});
  return true;
}

void forget_handlers() {
  struct sigaction usual {};
  usual.sa_handler = SIG_DFL;
  for (int signal = 1; signal < NSIG; ++signal) ::sigaction(signal, &usual, nullptr);
}

/// Puts the descriptors where they belong, and closes all others.
bool place_descriptors(prepared& p) {
  constexpr int clear_of_all = 10;
  int from[] = {p.plan.in, p.plan.out, p.plan.err, p.plan.control};
  for (int& fd : from) {
    if (fd >= 0 && fails(p, "descriptors", fd = ::fcntl(fd, F_DUPFD, clear_of_all))) return false;
  }
  for (int to = 0; to < 4; ++to) {
    if (from[to] >= 0 && fails(p, "descriptors", ::dup2(from[to], to))) return false;
  }
  // When the program runs. An old kernel has no such call: but what we open is closed by exec.
  ::close_range(from[3] >= 0 ? 4U : 3U, ~0U, CLOSE_RANGE_CLOEXEC);
  return true;
}

bool set_limits(prepared& p) {
  for (const auto& limit : p.plan.limits) {
    const rlimit both{limit.value, limit.value};
    if (fails(p, "limits",
              ::prlimit(0, static_cast<__rlimit_resource>(limit.resource), &both, nullptr))) {
      return false;
    }
  }
  return true;
}

/// Where one may not, as in some containers, it is done without.
void be_second_to_parent(const prepared& p) {
  if (p.plan.nice != 0) {
    errno = 0;
    const int own = ::getpriority(PRIO_PROCESS, 0);
    if (errno == 0) ::setpriority(PRIO_PROCESS, 0, own + p.plan.nice);
  }
  if (p.plan.oom_score_adjust == 0) return;
  const int fd = ::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (fd < 0) return;
  [[maybe_unused]] const auto written = ::write(fd, p.adjust_text.data(), p.adjust_size);
  ::close(fd);
}

bool become_other(prepared& p) {
  if (!p.plan.become) return true;
  const auto& who = *p.plan.become;
  return !fails(p, "groups", ::syscall(SYS_setgroups, who.groups.size(), who.groups.data())) &&
         !fails(p, "group", ::syscall(SYS_setresgid, who.group, who.group, who.group)) &&
         !fails(p, "user", ::syscall(SYS_setresuid, who.user, who.user, who.user));
}

/// Becoming somebody else takes the signal back, so this comes last.
bool die_with_parent(prepared& p) {
  if (p.plan.death_signal == 0) return true;
  if (fails(p, "prctl", ::prctl(PR_SET_PDEATHSIG, p.plan.death_signal))) return false;
  return ::getppid() == p.parent;  // it may have ended just before
}

[[noreturn]] void become_program(prepared& p) {
  ::setpgid(0, 0);
  forget_handlers();
  const bool in_cgroup =
      p.plan.cgroup_procs < 0 || !fails(p, "cgroup", ::write(p.plan.cgroup_procs, "0", 1));
  be_second_to_parent(p);
  if (in_cgroup && place_descriptors(p) && set_limits(p) && become_other(p) && die_with_parent(p)) {
    sigset_t blocked;
    ::sigemptyset(&blocked);
    for (const int signal : p.plan.blocked) ::sigaddset(&blocked, signal);
    ::sigprocmask(SIG_SETMASK, &blocked, nullptr);
    ::execvpe(p.argv[0], p.argv.data(), p.envp.data());
    p.failed.tell({"run", errno});
  }
  ::_exit(127);
}

[[gnu::noinline]] pid_t start_child(prepared& p) {
  // become_program() calls only what may be called here, and never returns.
  // NOLINTBEGIN(clang-analyzer-*)
  const pid_t pid = ::vfork();
  if (pid == 0) become_program(p);
  // NOLINTEND(clang-analyzer-*)
  return pid;
}

/// No handler of ours may run in the child: it would act for us, in our memory.
class without_signals {
 public:
  without_signals() {
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~without_signals() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  without_signals(const without_signals&) = delete;
  without_signals& operator=(const without_signals&) = delete;

 private:
  sigset_t before_{};
};

std::string words_for(const failure& f, const spawn_plan& plan) {
  const auto why = std::generic_category().message(f.error);
  if (std::string_view(f.step) == "run") return "cannot run " + plan.words[0] + ": " + why;
  const std::string step(f.step);
  if (step == "user" || step == "group" || step == "groups") {
    return "cannot run " + plan.words[0] + " as another user or group: " + why +
           "; only root may do that";
  }
  return "cannot run " + plan.words[0] + ": " + step + ": " + why;
}

}  // namespace

pid_t spawn(const spawn_plan& plan) {
  if (plan.words.empty()) throw start_error("there is no program to run");
  prepared p(plan);
  pid_t pid = -1;
  int error = 0;
  {
    const without_signals now;
    pid = start_child(p);
    error = errno;
  }
  if (pid < 0) {
    throw start_error("cannot run " + plan.words[0] + ": " +
                      std::generic_category().message(error));
  }
  const auto failed = p.failed.heard();
  if (!failed.step) return pid;
  ::waitpid(pid, nullptr, 0);
  throw start_error(words_for(failed, plan));
}

std::string end_of_process(int status) {
  if (!WIFSIGNALED(status)) return "exit status " + std::to_string(WEXITSTATUS(status));
  const int number = WTERMSIG(status);
  const char* name = ::sigdescr_np(number);
  return "signal " + std::to_string(number) + (name ? std::string(" (") + name + ")" : "") +
         (WCOREDUMP(status) ? ", core dumped" : "");
}

}  // namespace kapacitor
