#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <system_error>

#include <boost/asio/signal_set.hpp>

#include "base/net/asio.hpp"
#include "base/process/words.hpp"
#include "base/text/error.hpp"
#include "program/program.hpp"
#include "program/worker_mode.hpp"
#include "session/management.hpp"
#include "supervise/supervisor.hpp"
#include "wire/frame.hpp"
#include "wire/output_buffer.hpp"

namespace kapacitor::udf::server {
namespace {

std::string info_frame(const function& f) {
  wire::output_buffer out;
  wire::append_frame(out, agent::info_response(f), wire::default_max_message);
  return std::string(out.view());
}

bool can_be_written(const std::string& dir) {
  return ::access(dir.c_str(), W_OK | X_OK) == 0;
}

std::string poison_dir(const std::vector<served>& all, const settings& s) {
  if (!s.poison_dir.empty()) return s.poison_dir;
  std::string usual = "/var/lib/kapacitor-udf";
  if (can_be_written(usual) || all.empty() || all.front().path.empty()) return usual;
  return std::filesystem::path(all.front().path).parent_path().string();
}

supervise::supervisor_settings supervisor_settings(const std::vector<served>& all,
                                                   const settings& s) {
  supervise::supervisor_settings result{.isolate = s.isolate,
                                        .access = s.server.access,
                                        .conversation = s.journal,
                                        .poison_dir = poison_dir(all, s),
                                        .stop_within = s.server.stop_within};
  result.conversation.max_message = s.server.session.max_message;
  result.conversation.max_snapshot = s.server.session.max_snapshot;
  result.conversation.max_busy = s.server.heartbeats.max_busy;
  result.conversation.heartbeat = s.server.heartbeats.interval;
  return result;
}

supervise::supervised_function supervised_agent(const served& one, const settings& s) {
  const auto& a = *one.agent;
  return {.name = one.what.name,
          .info = {},
          .start = {.what = supervise::worker_start::kind::agent,
                    .function = one.what.name,
                    .words = with_context("[agent." + one.what.name + "]: exec",
                                          [&] { return split_words(a.exec); }),
                    .connection = -1,
                    .user = a.user,
                    .group = a.group,
                    .limits = a.limits},
          .path = one.path,
          .listening = one.listening,
          .overload = overload_of(s, a.own)};
}

supervise::supervised_function supervised(const served& one, const settings& s) {
  if (one.agent) return supervised_agent(one, s);
  const auto own = s.own.find(one.what.name);
  return {.name = one.what.name,
          .info = info_frame(one.what),
          .start = {.what = supervise::worker_start::kind::own,
                    .function = one.what.name,
                    .words = worker_words(s, one.what.name),
                    .connection = -1,
                    .user = {},
                    .group = {},
                    .limits = s.limits},
          .path = one.path,
          .listening = one.listening,
          .overload = overload_of(s, own == s.own.end() ? own_settings{} : own->second)};
}

/// The signals of a supervisor, until it is told to end.
class signal_watch {
 public:
  signal_watch(asio::io_context& io, logger& l, supervise::supervisor& over)
      : set_(io, SIGTERM, SIGINT, SIGHUP), log_(l), supervisor_(over) {
    wait();
  }

 private:
  void wait() {
    set_.async_wait([this](const error_code& error, int signal) {
      if (error) return;
      if (signal != SIGHUP) return stop(signal);
      log_.reopen();
      log_line("log file opened again, new workers take over").write(log_.sink(), log_level::info);
      supervisor_.reopen_logs();
      supervisor_.replace_workers(program_);
      wait();
    });
  }
  void stop(int signal) {
    log_line("stopping")
        .add("signal", signal == SIGTERM ? "SIGTERM" : "SIGINT")
        .write(log_.sink(), log_level::info);
    error_code ignored;
    set_.clear(ignored);  // a second signal ends the process as ever
    supervisor_.stop(
        [this] { static_cast<asio::io_context&>(set_.get_executor().context()).stop(); });
  }

  const std::string program_ = own_path();  // another program may be there when it is used
  boost::asio::signal_set set_;
  logger& log_;
  supervise::supervisor& supervisor_;
};

}  // namespace

int serve_with_workers(const std::vector<served>& all, const settings& s) {
  logger l(s.log);
  raise_descriptor_limit();
  ::signal(SIGPIPE, SIG_IGN);
  asio::io_context io(1);
  supervise::supervisor running(io, supervisor_settings(all, s), l.sink());
  for (const auto& one : all) running.serve(supervised(one, s));
  const signal_watch handled(io, l, running);
  running.start();
  log_line("serving").add("functions", all.size()).write(l.sink(), log_level::info);
  io.run();
  log_line("stopped").write(l.sink(), log_level::info);
  return 0;
}

}  // namespace kapacitor::udf::server
