#include "supervise/worker_process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <deque>
#include <system_error>
#include <utility>

#include "base/net/line_reader.hpp"
#include "base/process/spawn.hpp"
#include "base/text/error.hpp"
#include "server/control_socket.hpp"
#include "server/worker_exit.hpp"
#include "supervise/cgroup.hpp"

namespace kapacitor::udf::supervise {
namespace {

// Of 1000: more than what else runs usually has, so that a worker is killed first.
constexpr int oom_score_adjust = 500;

/// A descriptor that is closed with this object.
class owned_fd {
 public:
  explicit owned_fd(int fd = -1) : fd_(fd) {}
  owned_fd(owned_fd&& other) noexcept : fd_(other.release()) {}
  owned_fd& operator=(owned_fd&& other) noexcept {
    reset(other.release());
    return *this;
  }
  ~owned_fd() { reset(); }

  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }
  void reset(int fd = -1) {
    if (fd_ >= 0) ::close(fd_);
    fd_ = fd;
  }

 private:
  int fd_;
};

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

std::chrono::microseconds duration_of(const timeval& t) {
  return std::chrono::seconds(t.tv_sec) + std::chrono::microseconds(t.tv_usec);
}

}  // namespace

std::string worker_end::text() const {
  auto said = signal != 0 ? end_of_process(signal | (core_dumped ? 0x80 : 0))
                          : "exit status " + std::to_string(exit_status);
  if (out_of_memory) said += ", out of memory";
  if (out_of_cpu_time) said += ", CPU time used up";
  return said;
}

class worker_process::impl : public std::enable_shared_from_this<impl> {
 public:
  impl(asio::io_context& io, worker_start start, hooks h)
      : io_(io),
        start_(std::move(start)),
        hooks_(std::move(h)),
        connection_(start_.connection),
        death_(io),
        retry_(io) {}
  ~impl() {
    if (stderr_) stderr_->close();
    if (pid_ < 0 || end_) return;
    kill();
    ::waitpid(pid_, nullptr, 0);
  }

  void start();
  /// The owner is gone: nothing is told to anybody any more.
  void abandon();
  void send_connection(std::uint64_t id, int fd);
  void drain();
  void kill() const;
  void interrupt() const;
  void reopen_log() const;
  void set_label(std::string label) { label_ = std::move(label); }
  pid_t pid() const { return pid_; }
  const std::optional<worker_end>& end() const { return end_; }

 private:
  struct waiting_connection {
    std::uint64_t id;
    owned_fd fd;
  };

  bool is_own() const { return start_.what == worker_start::kind::own; }
  void make_cgroup();
  void run_own(spawn_plan& plan);
  void run_agent(spawn_plan& plan);
  void watch();
  void wait_for_death();
  bool is_dead() const;
  void reap();
  worker_end end_of(int status, const rusage& used) const;
  void send_waiting();
  log_line line(std::string_view phrase) const;

  asio::io_context& io_;
  const worker_start start_;
  hooks hooks_;
  std::string label_;
  owned_fd connection_, control_;
  std::unique_ptr<cgroup> cgroup_;
  pid_t pid_ = -1;
  asio::posix::stream_descriptor death_;  // a pidfd
  std::shared_ptr<line_reader> stderr_;
  std::deque<waiting_connection> waiting_;
  asio::steady_timer retry_;
  bool retrying_ = false, draining_ = false;
  std::optional<worker_end> end_;
};

void worker_process::impl::start() {
  spawn_plan plan{.words = start_.words,
                  .death_signal = SIGKILL,
                  .become = find_identity(start_.user, start_.group),
                  .limits = limits_of(start_.limits),
                  .nice = start_.limits.nice,
                  .oom_score_adjust = oom_score_adjust};
  make_cgroup();
  if (cgroup_) plan.cgroup_procs = cgroup_->procs();
  is_own() ? run_own(plan) : run_agent(plan);
  watch();
}

/// What only a cgroup can limit is said to be missing; the memory has a limit without it, too.
void worker_process::impl::make_cgroup() {
  static std::uint64_t made = 0;
  if (start_.limits.memory == 0 && start_.limits.cpus <= 0) return;
  std::string why;
  const auto name =
      start_.function + "." + std::to_string(::getpid()) + "." + std::to_string(++made);
  cgroup_ = cgroup::make(name, start_.limits, why);
  if (cgroup_ || start_.limits.cpus <= 0) return;
  line("no limit on cores").add("error", why).write(hooks_.log, log_level::warn);
}

void worker_process::impl::run_own(spawn_plan& plan) {
  auto pair = control_pair(start_.function);
  const owned_fd null(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  plan.control = pair.theirs.get();
  plan.in = null.get();
  plan.blocked = {SIGHUP};  // reopen_log() may come before it is there to hear it
  pid_ = spawn(plan);
  control_ = std::move(pair.ours);
}

void worker_process::impl::run_agent(spawn_plan& plan) {
  auto pipe = stderr_pipe(start_.function);
  make_blocking(connection_.get());
  plan.in = plan.out = connection_.get();
  plan.err = pipe.theirs.get();
  pid_ = spawn(plan);
  connection_.reset();
  const auto say = [this](std::string_view said) {
    line("UDF log").add("line", said).write(hooks_.log, log_level::info);
  };
  stderr_ = std::make_shared<line_reader>(io_, pipe.ours.get(), say);
  pipe.ours.release();
  stderr_->start();
}

void worker_process::impl::watch() {
  const int fd = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
  if (fd < 0) {
    throw start_error("cannot watch a worker of " + start_.function + ": " +
                      std::generic_category().message(errno) + "; that needs Linux 5.3");
  }
  death_.assign(fd);
  wait_for_death();
}

void worker_process::impl::wait_for_death() {
  death_.async_wait(asio::posix::stream_descriptor::wait_read,
                    [self = shared_from_this()](error_code error) {
                      if (error || self->end_) return;
                      self->is_dead() ? self->reap() : self->wait_for_death();
                    });
}

/// Asio may say that a descriptor is ready because one that had its number before was.
bool worker_process::impl::is_dead() const {
  siginfo_t found{};
  const int asked = ::waitid(P_PID, static_cast<id_t>(pid_), &found, WEXITED | WNOHANG | WNOWAIT);
  return asked != 0 || found.si_pid == pid_;
}

void worker_process::impl::reap() {
  kill();  // what its group has left; while it is not reaped its number is nobody else's
  int status = 0;
  rusage used{};
  if (::wait4(pid_, &status, 0, &used) != pid_) return;
  end_ = end_of(status, used);
  if (stderr_) {
    stderr_->read_available();
    stderr_->close();
  }
  control_.reset();
  waiting_.clear();
  retry_.cancel();
  cgroup_.reset();
  if (const auto tell = std::exchange(hooks_.on_end, nullptr)) tell(*end_);
}

worker_end worker_process::impl::end_of(int status, const rusage& used) const {
  worker_end e;
  e.cpu = duration_of(used.ru_utime) + duration_of(used.ru_stime);
  if (WIFSIGNALED(status)) {
    e.signal = WTERMSIG(status);
    e.core_dumped = WCOREDUMP(status);
  } else {
    e.exit_status = WEXITSTATUS(status);
  }
  e.out_of_memory =
      (is_own() && e.signal == 0 && e.exit_status == server::worker_exit::out_of_memory) ||
      (cgroup_ && cgroup_->killed_for_memory() > 0);
  const auto limit = start_.limits.cpu_time;
  e.out_of_cpu_time = limit.count() > 0 && (e.signal == SIGKILL || e.signal == SIGXCPU) &&
                      e.cpu + std::chrono::seconds(1) > limit;
  return e;
}

void worker_process::impl::abandon() {
  hooks_.on_end = nullptr;
  error_code ignored;
  retry_.cancel();
  if (stderr_) stderr_->close();
  if (!end_) {
    kill();
    ::waitpid(pid_, nullptr, 0);
    end_.emplace();
  }
  death_.close(ignored);
  cgroup_.reset();
}

void worker_process::impl::send_connection(std::uint64_t id, int fd) {
  waiting_connection taken{id, owned_fd(fd)};
  if (!is_own() || end_ || draining_ || control_.get() < 0) return;
  waiting_.push_back(std::move(taken));
  send_waiting();
}

/// If there is no room, which is rare, it tries again a moment later. A worker that is gone is soon
/// known to be.
void worker_process::impl::send_waiting() {
  while (!waiting_.empty() && !retrying_) {
    const auto& next = waiting_.front();
    const int error = server::send_connection(control_.get(), {next.id, next.fd.get()});
    if (error == EAGAIN || error == ETOOMANYREFS || error == ENOBUFS || error == ENOMEM) {
      retrying_ = true;
      retry_.expires_after(std::chrono::milliseconds(5));
      retry_.async_wait([self = shared_from_this()](error_code stopped) {
        self->retrying_ = false;
        if (!stopped && !self->end_) self->send_waiting();
      });
      return;
    }
    waiting_.pop_front();
  }
  if (draining_ && waiting_.empty()) control_.reset();
}

void worker_process::impl::drain() {
  draining_ = true;
  send_waiting();
}

void worker_process::impl::kill() const {
  if (end_) return;
  if (cgroup_) cgroup_->kill();
  ::kill(-pid_, SIGKILL);
}

void worker_process::impl::interrupt() const {
  if (!end_) ::kill(pid_, SIGABRT);
}

void worker_process::impl::reopen_log() const {
  if (is_own() && !end_) ::kill(pid_, SIGHUP);
}

log_line worker_process::impl::line(std::string_view phrase) const {
  const auto label = label_.empty() ? "" : " " + label_;
  return log_line(std::string(phrase) + " function=" + start_.function + label);
}

worker_process::worker_process(asio::io_context& io, worker_start start, hooks h)
    : impl_(std::make_shared<impl>(io, std::move(start), std::move(h))) {
  impl_->start();
}

worker_process::~worker_process() {
  impl_->abandon();
}

void worker_process::send_connection(std::uint64_t id, int fd) {
  impl_->send_connection(id, fd);
}
void worker_process::drain() {
  impl_->drain();
}
void worker_process::kill() {
  impl_->kill();
}
void worker_process::interrupt() {
  impl_->interrupt();
}
void worker_process::reopen_log() {
  impl_->reopen_log();
}
void worker_process::set_label(std::string label) {
  impl_->set_label(std::move(label));
}
pid_t worker_process::pid() const {
  return impl_->pid();
}
const std::optional<worker_end>& worker_process::end() const {
  return impl_->end();
}

}  // namespace kapacitor::udf::supervise
