#include "server/crash_report.hpp"

#include <execinfo.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <new>
#include <utility>

#include "server/crash_place.hpp"
#include "server/crash_text.hpp"
#include "server/worker_exit.hpp"
#include "session/session.hpp"

namespace kapacitor::udf::server {
namespace {

constexpr int most_frames = 64;

// All that a handler uses: it is there before main(), and never destroyed.
struct {
  std::array<char, PATH_MAX> log_file{};  // empty: stderr
  std::chrono::minutes zone{0};
  crash_text text;
  std::atomic<pid_t> by{0};              // the thread that reports
  std::atomic<bool> interrupted{false};  // by another process
} report;

int open_log() {
  if (report.log_file[0] == '\0') return STDERR_FILENO;
  const int fd = ::open(report.log_file.data(), O_WRONLY | O_APPEND | O_CLOEXEC | O_NOCTTY);
  return fd < 0 ? STDERR_FILENO : fd;
}

void write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

void write_stack(int fd) {
  void* frames[most_frames];
  const int n = ::backtrace(frames, most_frames);
  ::backtrace_symbols_fd(frames, n, fd);
}

/// The first report counts: other threads wait for the end, and a crash within the report ends it
/// with what it has so far. Returns: whether it is ours to make
bool begin_report() {
  const auto self = own_thread();
  pid_t nobody = 0;
  if (report.by.compare_exchange_strong(nobody, self)) return true;
  if (nobody != self) {
    for (;;) ::pause();
  }
  write_all(open_log(), report.text.put("\n").view());
  return false;
}

void begin_line(std::string_view phrase) {
  report.text.clear();
  report.text.add_time(std::chrono::system_clock::now(), report.zone).put(" error ").put(phrase);
}

/// What may be damaged comes last.
void add_place() {
  const auto* session = session_at_work();
  if (!session) return;
  const auto at = session->place();
  report.text.add("function", at.function).add("task", at.task_id).add("node", at.node_id);
  report.text.add("frame", at.frame).add("group", at.group);
}

bool has_address(int signal) {
  return signal == SIGSEGV || signal == SIGBUS || signal == SIGFPE || signal == SIGILL;
}

void add_signal(int signal, const siginfo_t& info) {
  const char* name = ::sigabbrev_np(signal);
  report.text.put(" signal=SIG").put(name ? name : "?");
  if (!has_address(signal) || info.si_code <= 0) return;
  const auto address = reinterpret_cast<std::uintptr_t>(info.si_addr);
  report.text.add_address("address", address);
  if (is_at_end_of_stack(address)) report.text.add("cause", "stack_overflow");
}

void on_crash(int signal, siginfo_t* info, void*);

void handle(int signal) {
  struct sigaction before {};
  if (::sigaction(signal, nullptr, &before) != 0 || before.sa_handler != SIG_DFL) return;
  struct sigaction action {};
  action.sa_sigaction = on_crash;
  ::sigemptyset(&action.sa_mask);
  // Not blocked, so that a crash within the report is one as well.
  action.sa_flags = static_cast<int>(SA_SIGINFO | SA_ONSTACK | SA_RESETHAND | SA_NODEFER);
  ::sigaction(signal, &action, nullptr);
}

const char* phrase_of_crash() {
  if (!session_at_work()) return "program crashed";
  return report.interrupted ? "function interrupted" : "function crashed";
}

/// A thread that is at work, if this one is not, is to report. Returns: whether there is one
bool pass_on(int signal) {
  const auto thread = session_at_work() ? 0 : thread_at_work();
  if (thread == 0) return false;
  handle(signal);
  return ::syscall(SYS_tgkill, ::getpid(), thread, signal) == 0;
}

void on_crash(int signal, siginfo_t* info, void*) {
  const int error = errno;
  if (signal == SIGABRT && info->si_code == SI_USER && info->si_pid != ::getpid()) {
    report.interrupted = true;
    ::prctl(PR_SET_DUMPABLE, 0);
    if (pass_on(signal)) return;
  }
  if (begin_report()) {
    begin_line(phrase_of_crash());
    add_signal(signal, *info);
    add_place();
    const int log = open_log();
    write_all(log, report.text.put("\n").view());
    write_stack(log);
  }
  // Without a handler now. A fault comes again as soon as this returns; what was sent does not.
  if (info->si_code <= 0) ::raise(signal);
  errno = error;
}

void on_no_memory() {
  const auto* session = session_at_work();
  if (session && session->place().saves) throw std::bad_alloc();
  if (begin_report()) {
    begin_line(session ? "function ran out of memory" : "program ran out of memory");
    add_place();
    const int log = open_log();
    write_all(log, report.text.put("\n").view());
    write_stack(log);
  }
  ::_exit(worker_exit::out_of_memory);
}

std::chrono::minutes zone_of_log() {
  const auto now = ::time(nullptr);
  tm local{};
  ::localtime_r(&now, &local);
  return std::chrono::minutes(local.tm_gmtoff / 60);
}

}  // namespace

void report_crashes(const std::string& log_file) {
  if (log_file.size() < report.log_file.size())
    log_file.copy(report.log_file.data(), log_file.size());
  report.zone = zone_of_log();
  // The first call loads a library, which a handler must not do.
  void* frame = nullptr;
  ::backtrace(&frame, 1);
  for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT}) handle(signal);
}

void end_without_memory() {
  std::set_new_handler(on_no_memory);
}

}  // namespace kapacitor::udf::server
