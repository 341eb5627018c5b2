#include "supervise/worker_process.hpp"

#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <deque>
#include <system_error>
#include <utility>

#include "base/net/line_reader.hpp"
#include "base/process/spawn.hpp"
#include "base/text/error.hpp"
#include "server/control_socket.hpp"
#include "server/worker_exit.hpp"
#include "supervise/launch.hpp"

namespace kapacitor::udf::supervise {
namespace {

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
      : io_(io), start_(std::move(start)), hooks_(std::move(h)), death_(io), retry_(io) {}
  ~impl() {
    if (stderr_) stderr_->close();
    if (made_.pid < 0 || end_) return;
    kill();
    ::waitpid(made_.pid, nullptr, 0);
  }

  void start();
  void adopt(saved_worker running);
  saved_worker saved() const;
  /// The owner is gone: nothing is told to anybody any more.
  void abandon();
  void send_connection(const server::passed_connection& c);
  void drain();
  void kill() const;
  void interrupt() const;
  void reopen_log() const;
  void set_label(std::string label) { label_ = std::move(label); }
  pid_t pid() const { return made_.pid; }
  const std::optional<worker_end>& end() const { return end_; }

 private:
  struct waiting_connection {
    std::uint64_t id, seat;
    owned_fd fd;
  };

  bool is_own() const { return start_.what == worker_start::kind::own; }
  void read_stderr(std::string rest = {});
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
  launched_worker made_;
  asio::posix::stream_descriptor death_;  // a pidfd
  std::shared_ptr<line_reader> stderr_;
  int stderr_fd_ = -1;  // its
  std::deque<waiting_connection> waiting_;
  asio::steady_timer retry_;
  bool retrying_ = false, draining_ = false;
  std::optional<worker_end> end_;
};

void worker_process::impl::start() {
  made_ = launch(start_, hooks_.log);
  if (made_.err.get() >= 0) read_stderr();
  watch();
}

void worker_process::impl::adopt(saved_worker running) {
  made_.pid = running.pid;
  made_.control.reset(running.control);
  made_.err.reset(running.err);
  if (!running.cgroup.empty()) made_.group = cgroup::kept(running.cgroup);
  label_ = std::move(running.label);
  draining_ = running.draining;
  for (const auto& c : running.waiting) waiting_.push_back({c.id, c.seat, owned_fd(c.fd)});
  if (made_.err.get() >= 0) read_stderr(std::move(running.said));
  watch();
  if (!waiting_.empty()) send_waiting();
}

saved_worker worker_process::impl::saved() const {
  saved_worker s{.pid = made_.pid, .control = made_.control.get(), .err = stderr_fd_};
  if (stderr_) s.said = stderr_->rest();
  s.label = label_;
  if (made_.group) s.cgroup = made_.group->folder().string();
  s.draining = draining_;
  for (const auto& one : waiting_) s.waiting.push_back({one.id, one.fd.get(), one.seat});
  return s;
}

void worker_process::impl::read_stderr(std::string rest) {
  const auto say = [this](std::string_view said) {
    if (hooks_.on_line) return hooks_.on_line(said);
    line("UDF log").add("line", said).write(hooks_.log, log_level::info);
  };
  stderr_ = std::make_shared<line_reader>(io_, made_.err.get(), say);
  stderr_fd_ = made_.err.release();
  stderr_->begin_with(std::move(rest));
  stderr_->start();
}

void worker_process::impl::watch() {
  const int fd = static_cast<int>(::syscall(SYS_pidfd_open, made_.pid, 0));
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
  const int asked =
      ::waitid(P_PID, static_cast<id_t>(made_.pid), &found, WEXITED | WNOHANG | WNOWAIT);
  return asked != 0 || found.si_pid == made_.pid;
}

void worker_process::impl::reap() {
  kill();  // what its group has left; while it is not reaped its number is nobody else's
  int status = 0;
  rusage used{};
  if (::wait4(made_.pid, &status, 0, &used) != made_.pid) return;
  end_ = end_of(status, used);
  if (stderr_) {
    stderr_->read_available();
    stderr_->close();
  }
  made_.control.reset();
  waiting_.clear();
  retry_.cancel();
  made_.group.reset();
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
      (made_.group && made_.group->killed_for_memory() > 0);
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
    ::waitpid(made_.pid, nullptr, 0);
    end_.emplace();
  }
  death_.close(ignored);
  made_.group.reset();
}

void worker_process::impl::send_connection(const server::passed_connection& c) {
  waiting_connection taken{c.id, c.seat, owned_fd(c.fd)};
  if (!is_own() || end_ || draining_ || made_.control.get() < 0) return;
  waiting_.push_back(std::move(taken));
  send_waiting();
}

/// If there is no room, which is rare, it tries again a moment later. A worker that is gone is soon
/// known to be.
void worker_process::impl::send_waiting() {
  while (!waiting_.empty() && !retrying_) {
    const auto& next = waiting_.front();
    const int error =
        server::send_connection(made_.control.get(), {next.id, next.fd.get(), next.seat});
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
  if (draining_ && waiting_.empty()) made_.control.reset();
}

void worker_process::impl::drain() {
  draining_ = true;
  send_waiting();
}

void worker_process::impl::kill() const {
  if (end_) return;
  if (made_.group) made_.group->kill();
  ::kill(-made_.pid, SIGKILL);
}

void worker_process::impl::interrupt() const {
  if (!end_) ::kill(made_.pid, SIGABRT);
}

void worker_process::impl::reopen_log() const {
  if (is_own() && !end_) ::kill(made_.pid, SIGHUP);
}

log_line worker_process::impl::line(std::string_view phrase) const {
  const auto label = label_.empty() ? "" : " " + label_;
  return log_line(std::string(phrase) + " function=" + start_.function + label);
}

worker_process::worker_process(asio::io_context& io, worker_start start, hooks h)
    : impl_(std::make_shared<impl>(io, std::move(start), std::move(h))) {
  impl_->start();
}

worker_process::worker_process(asio::io_context& io, worker_start start, hooks h,
                               saved_worker running)
    : impl_(std::make_shared<impl>(io, std::move(start), std::move(h))) {
  impl_->adopt(std::move(running));
}

worker_process::~worker_process() {
  impl_->abandon();
}

void worker_process::send_connection(const server::passed_connection& c) {
  impl_->send_connection(c);
}
void worker_process::send_scoreboard(int fd) {
  impl_->send_connection({server::scoreboard_id, fd});
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
saved_worker worker_process::saved() const {
  return impl_->saved();
}
pid_t worker_process::pid() const {
  return impl_->pid();
}
const std::optional<worker_end>& worker_process::end() const {
  return impl_->end();
}

}  // namespace kapacitor::udf::supervise
