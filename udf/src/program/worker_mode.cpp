#include "program/worker_mode.hpp"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <exception>
#include <memory>
#include <string_view>
#include <utility>

#include "base/options/parse.hpp"
#include "base/text/error.hpp"
#include "base/text/file_limit.hpp"
#include "base/text/guarded.hpp"
#include "base/text/logger.hpp"
#include "base/text/quote.hpp"
#include "server/control_socket.hpp"
#include "server/crash_report.hpp"
#include "server/worker_exit.hpp"

namespace kapacitor::udf::server {
namespace {

constexpr char worker_flag[] = "--worker";

/// SIGHUP as a descriptor. To be made before there are threads, which inherit that it is blocked.
class hangup {
 public:
  hangup() {
    sigset_t set;
    ::sigemptyset(&set);
    ::sigaddset(&set, SIGHUP);
    ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
    fd_ = ::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (fd_ < 0) throw start_error("no descriptor for signals");
  }
  ~hangup() { ::close(fd_); }
  hangup(const hangup&) = delete;
  hangup& operator=(const hangup&) = delete;

  int fd() const { return fd_; }
  void take() const {
    signalfd_siginfo info;
    [[maybe_unused]] const auto n = ::read(fd_, &info, sizeof info);
  }

 private:
  int fd_ = -1;
};

class served_worker {
 public:
  served_worker(const function& f, const settings& s)
      : log_(s.log),
        function_(std::make_shared<const function>(f)),
        server_(of_worker(s.server), log_.sink()) {
    server_.start();
    log_line("worker started").add("function", f.name).write(log_.sink(), log_level::debug);
  }

  int run() {
    pollfd both[] = {{control_fd, POLLIN, 0}, {hangup_.fd(), POLLIN, 0}};
    for (bool ended = false; !ended;) {
      if (::poll(both, 2, -1) < 0 && errno != EINTR) break;
      if (both[1].revents != 0) reopen_log();
      if (both[0].revents != 0) ended = !take_connection();
    }
    if (server_.stop()) return worker_exit::done;
    // A thread that hangs in a function goes on using what exit() would take away.
    ::_exit(worker_exit::hangs);
  }

 private:
  /// Busy is what the supervisor sees for itself, and a peer that does not read is its own.
  static server_settings of_worker(server_settings s) {
    s.session.supervised = true;
    s.heartbeats.max_busy = {};
    s.stop_within = std::chrono::minutes(1);
    return s;
  }
  void reopen_log() {
    hangup_.take();
    log_.reopen();
  }
  /// Returns: false at the end of the control socket
  bool take_connection() {
    using kind = received_connection::kind;
    const auto received = receive_connection(control_fd);
    if (received.what == kind::connection) adopt(received.connection);
    if (received.what == kind::scoreboard) share(owned_fd(received.connection.fd));
    return received.what != kind::end;
  }
  /// It can do without.
  void share(owned_fd scoreboard) {
    try {
      server_.share(std::move(scoreboard));
    } catch (const std::exception& problem) {
      log_line("what it counts is not told")
          .add("function", function_->name)
          .add("error", problem.what())
          .write(log_.sink(), log_level::warn);
    }
  }
  void adopt(const passed_connection& c) {
    try {
      server_.adopt(c, function_);
    } catch (const std::exception& problem) {
      log_line("connection not taken")
          .add("connection", c.id)
          .add("error", problem.what())
          .write(log_.sink(), log_level::error);
    }
  }

  const hangup hangup_;
  logger log_;
  const std::shared_ptr<const function> function_;
  server server_;
};

void check_control_socket() {
  int type = 0;
  socklen_t size = sizeof type;
  const bool is_one = ::getsockopt(control_fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0;
  if (!is_one || type != SOCK_SEQPACKET) {
    throw usage_error(std::string(worker_flag) +
                      " is for the program itself: descriptor 3 is no control socket");
  }
  ::fcntl(control_fd, F_SETFD, FD_CLOEXEC);
}

const function& find(const std::vector<function>& all, std::string_view name) {
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const auto& f) { return f.name == name; });
  if (found != all.end()) return *found;
  throw usage_error(std::string(worker_flag) + ": " + in_quotes(name) + " is no function");
}

int serve(const function& f, const settings& s) {
  check_control_socket();
  // Unchecked: the supervisor did that, and without the folder each file says so.
  file_limit::set(s.enrich_dir);
  for (const int signal : {SIGPIPE, SIGINT, SIGTERM}) ::signal(signal, SIG_IGN);
  ::prctl(PR_SET_NAME, f.name.c_str());  // else it were called "exe"
  raise_descriptor_limit();
  report_crashes(s.log.file);
  end_without_memory();
  return served_worker(f, s).run();
}

}  // namespace

std::vector<std::string> worker_words(const settings& s, const std::string& function) {
  const auto& session = s.server.session;
  std::vector<std::string> words{"/proc/self/exe", worker_flag, function};
  const auto add = [&](const char* flag, const std::string& value) {
    if (!value.empty()) words.insert(words.end(), {flag, value});
  };
  add("--threads", s.server.threads == 0 ? "" : std::to_string(s.server.threads));
  add("--max-message", std::to_string(session.max_message));
  add("--max-snapshot", std::to_string(session.max_snapshot));
  add("--max-groups", std::to_string(session.limits.max_groups));
  add("--group-ttl", exact_duration(session.limits.group_ttl));
  add("--log-level", std::string(name_of<log_level>(s.log.least, log_levels)));
  add("--log-file", s.log.file);
  add("--enrich-dir", file_limit::dir());
  if (session.strict_restore) words.emplace_back("--strict-restore");
  return words;
}

bool is_worker(int argc, const char* const* argv) {
  return argc > 2 && std::string_view(argv[1]) == worker_flag;
}

int worker_main(const std::vector<function>& all, int argc, const char* const* argv) {
  const std::string name = argv[2];
  return guarded(name, [&] {
    settings s;
    auto options = program_options(s, name, "");
    add_file_limit(options.rows, s);
    // What the supervisor was told is all on the command line; the file may have changed since.
    parse_options(options, argc - 2, argv + 2, [](const std::string&) { return nullptr; });
    return serve(find(all, name), s);
  });
}

}  // namespace kapacitor::udf::server
