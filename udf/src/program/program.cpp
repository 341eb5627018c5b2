#include "program/program.hpp"

#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>
#include <exception>
#include <filesystem>
#include <iostream>
#include <system_error>
#include <utility>

#include "base/text/error.hpp"
#include "program/service_reporter.hpp"
#include "program/state_in_words.hpp"
#include "server/crash_report.hpp"
#include "server/stdio.hpp"
#include "supervise/stored.hpp"

namespace kapacitor::udf::server {
namespace {

sigset_t awaited_signals() {
  sigset_t set;
  ::sigemptyset(&set);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) ::sigaddset(&set, signal);
  return set;
}

/// Returns: the signal; 0: none came for a tick of the reporter, if it has any
int next_signal(const sigset_t& set, const service_reporter& reporter) {
  const auto period = reporter.period().count();
  if (period == 0) return ::sigwaitinfo(&set, nullptr);
  constexpr long thousand = 1000, million = 1'000'000;
  const timespec patience{period / thousand, period % thousand * million};
  return ::sigtimedwait(&set, nullptr, &patience);
}

/// Returns: the signal that ends the program
int wait_for_end(logger& l, const sigset_t& set, service_reporter& reporter) {
  for (;;) {
    const int signal = next_signal(set, reporter);
    reporter.tick();
    if (signal <= 0) continue;
    if (signal != SIGHUP) return signal;
    reporter.reloading();
    l.reopen();
    log_line("log file opened again").write(l.sink(), log_level::info);
    reporter.ready();
  }
}

/// Without workers the limit is that of the whole program.
void limit_own_memory(const supervise::worker_limits& limits) {
  if (limits.memory == 0) return;
  const rlimit both{limits.memory, limits.memory};
  ::setrlimit(RLIMIT_DATA, &both);
}

supervise::task_view view_of(const connection_view& c) {
  const auto& now = c.score.now;
  supervise::task_view t{.connection = c.id,
                         .task = c.task,
                         .node = c.node,
                         .attached = true,
                         .totals = {},
                         .sizes = {},
                         .score = c.score,
                         .warned = c.warned};
  t.totals.points_in = now.points_in;
  t.totals.points_out = now.points_out;
  t.totals.batches_in = now.batches_in;
  t.totals.batches_out = now.batches_out;
  t.totals.snapshots = now.snapshots;
  t.totals.snapshot_time = c.score.snapshot_time;
  t.totals.snapshot_at = c.score.snapshot_at;
  t.sizes.snapshot = c.score.snapshot_bytes;
  return t;
}

std::vector<supervise::function_view> view_of(const std::vector<served>& all,
                                              const std::vector<connection_view>& connections) {
  std::vector<supervise::function_view> result;
  result.reserve(all.size());
  for (const auto& one : all) {
    auto& f = result.emplace_back(supervise::function_view{one.what.name, one.path});
    for (const auto& c : connections) {
      if (c.function == f.name) f.tasks.push_back(view_of(c));
    }
  }
  return result;
}

watch_at_work watched(server& running, const std::vector<served>& all, const settings& s,
                      logger& l) {
  if (!s.watched()) return {};
  running.be_watched();
  return s.watch.start({.look = [&]() -> std::optional<std::vector<supervise::function_view>> {
                          const auto seen = running.view();
                          if (!seen) return std::nullopt;
                          return view_of(all, *seen);
                        },
                        .watch = [&](const auto& r) { return running.watch(r); }},
                       l.sink());
}

}  // namespace

int serve_until_signal(const std::vector<served>& all, const settings& s) {
  limit_own_memory(s.limits);
  logger l(s.log);
  report_crashes(s.log.file);
  raise_descriptor_limit();
  ::signal(SIGPIPE, SIG_IGN);
  // Blocked before there are threads: they inherit it, and only wait_for_end() takes the signals.
  const auto set = awaited_signals();
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);

  server running(s.server, l.sink());
  auto watch = watched(running, all, s, l);
  for (const auto& one : all) {
    one.path.empty() ? running.serve(one.what, one.listening) : running.serve(one.what, one.path);
  }
  running.start();
  log_line("serving").add("functions", all.size()).write(l.sink(), log_level::info);
  service_reporter reporter([&] { return state_in_words(all.size(), running.connections()); });
  for (auto& loop : running.loops()) reporter.add(std::move(loop));
  if (watch.post) reporter.add({"metrics", watch.post});
  reporter.ready();

  const int signal = wait_for_end(l, set, reporter);
  log_line("stopping")
      .add("signal", signal == SIGTERM ? "SIGTERM" : "SIGINT")
      .write(l.sink(), log_level::info);
  reporter.stopping();
  watch = {};
  // A second signal ends the process as ever.
  ::pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
  const bool complete = running.stop();
  log_line("stopped").write(l.sink(), log_level::info);
  // A thread that hangs in a function goes on using what exit() would take away.
  if (!complete) std::_Exit(1);
  return 0;
}

int serve_on_sockets(const std::vector<served>& all, const settings& s) {
  const bool alone = s.isolate == supervise::isolation::none;
  if (alone && s.before.handed_over)
    throw usage_error("--isolate none: what a program with workers serves cannot be taken over");
  if (alone) {
    for (const auto& post : supervise::stored_posts(s.before.stored)) supervise::forget(post);
  }
  return alone ? serve_until_signal(all, s) : serve_with_workers(all, s);
}

int serve_on_stdio(const function& f, const settings& s) {
  if (::isatty(STDIN_FILENO)) {
    throw start_error(
        "stdin is a terminal, but Kapacitor is to speak here; see --help and --describe");
  }
  limit_own_memory(s.limits);
  const logger l(s.log);
  report_crashes(s.log.file);
  const stdio_settings how{.session = s.server.session, .heartbeats = s.server.heartbeats};
  return serve_stdio(f, how, l.sink());
}

std::string own_path() {
  std::error_code error;
  const auto path = std::filesystem::read_symlink("/proc/self/exe", error);
  return error ? std::string() : path.string();
}

}  // namespace kapacitor::udf::server
