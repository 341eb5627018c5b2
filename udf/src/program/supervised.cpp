#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include "base/net/answer_within.hpp"
#include "base/net/asio.hpp"
#include "base/process/words.hpp"
#include "base/text/error.hpp"
#include "program/program.hpp"
#include "program/service_reporter.hpp"
#include "program/signal_watch.hpp"
#include "program/state_in_words.hpp"
#include "program/worker_mode.hpp"
#include "session/management.hpp"
#include "supervise/handover.hpp"
#include "supervise/info_difference.hpp"
#include "supervise/stored.hpp"
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
                                        .stop_within = s.server.stop_within,
                                        .scores = s.watched(),
                                        .store = nullptr};
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

const served* find(const std::vector<served>& all, const std::string& name) {
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const served& one) { return one.what.name == name; });
  return found == all.end() ? nullptr : &*found;
}

/// Kapacitor goes on with each function as it knows it. Errors: start_error if it cannot
supervise::supervised_function successor(const std::vector<served>& all, const settings& s,
                                         const supervise::saved_post& before) {
  const auto* one = find(all, before.name);
  if (!one) throw start_error(before.name + " would not be served any more");
  if (one->path != before.path) {
    throw start_error("the socket of " + before.name + " would not be " + before.path +
                      " any more, but " + one->path);
  }
  auto next = supervised(*one, s);
  if (next.info.empty() || before.info.empty()) return next;
  const auto problem = supervise::info_difference(before.info, next.info);
  if (!problem.empty()) throw start_error(before.name + ": " + problem);
  return next;
}

void take_over(supervise::supervisor& running, const std::vector<served>& all, const settings& s) {
  auto& from = *s.before.handed_over;
  for (const auto& post : from.head().posts)
    running.take_over(successor(all, s, post), post, &from);
}

void say_taken_over(const supervise::supervisor& running, const settings& s, logger& l) {
  const auto pause = std::chrono::steady_clock::now() - s.before.handed_over->head().since;
  log_line("taken over from the program before")
      .add("connections", running.connections())
      .add("within_ms", std::chrono::duration_cast<std::chrono::milliseconds>(pause).count())
      .write(l.sink(), log_level::info);
}

supervise::handover::words handover_words(const settings& s) {
  return {s.before.program, takes_over_flag, take_over_flag, s.before.arguments};
}

void say_not_served(const std::string& function, const std::string& why, logger& l) {
  log_line("not served")
      .add("function", function)
      .add("error", why)
      .write(l.sink(), log_level::error);
}

void serve_others(supervise::supervisor& running, const std::vector<served>& all, const settings& s,
                  logger& l) {
  for (const auto& one : all) {
    if (s.before.serves(one.what.name)) continue;
    try {
      running.serve(supervised(one, s));
    } catch (const start_error& problem) {
      if (!s.before.handed_over) throw;
      // The connections of the others would end with this program.
      say_not_served(one.what.name, problem.what(), l);
    }
  }
}

/// Of a process that has died, as far as it is known here. Returns: what is left to be served
std::vector<served> recover(supervise::supervisor& running, const std::vector<served>& all,
                            const settings& s, logger& l) {
  auto left = all;
  for (auto& post : supervise::stored_posts(s.before.stored)) {
    const auto* one = find(left, post.name);
    if (!one) {
      say_not_served(post.name, "it was, before this program was started", l);
      supervise::forget(post);
      continue;
    }
    if (one->path.empty() || one->path != post.path) {
      supervise::forget_socket(post);
      post.path = one->path;
      post.socket.listening = one->listening;
    }
    running.take_over(supervised(*one, s), post, nullptr);
    std::erase_if(left, [&](const served& x) { return x.what.name == post.name; });
  }
  if (!s.before.stored.empty()) {
    log_line("going on after the end of the process before")
        .add("connections", running.connections())
        .write(l.sink(), log_level::warn);
  }
  return left;
}

void serve_all(supervise::supervisor& running, const std::vector<served>& all, const settings& s,
               logger& l) {
  if (s.before.handed_over) take_over(running, all, s);
  serve_others(running, recover(running, all, s, l), s, l);
}

/// All workers are of the program before.
void start_after(supervise::supervisor& running, const settings& s, logger& l) {
  running.start();
  say_taken_over(running, s, l);
  s.before.handed_over->close();
  running.replace_workers();
}

/// Connections of a program before this one would end with it: it goes on unwatched then.
watch_at_work watched(asio::io_context& io, supervise::supervisor& running, const settings& s,
                      logger& l) {
  if (!s.watched()) return {};
  try {
    const auto ask = [&io](auto what) {
      const auto post = [&io](auto job) { boost::asio::post(io, std::move(job)); };
      return answer_within(std::chrono::seconds(2), post, std::move(what));
    };
    return s.watch.start(
        {.look = [ask, &running] { return ask([&running] { return running.view(); }); },
         .watch =
             [ask, &running](const metrics::watch_request& r) {
               return ask([&running, r] { return running.watch(r); });
             }},
        l.sink());
  } catch (const usage_error& problem) {
    if (!s.before.handed_over && s.before.stored.empty()) throw;
    log_line("not watched").add("error", problem.what()).write(l.sink(), log_level::error);
    return {};
  }
}

int answer(const std::vector<served>& all, const settings& s) {
  const logger l(s.log);  // so that it can be opened
  for (const auto& post : s.before.handed_over->head().posts) successor(all, s, post);
  return 0;
}

}  // namespace

int serve_with_workers(const std::vector<served>& all, const settings& s) {
  if (s.before.wants == predecessor::wish::answer) return answer(all, s);
  logger l(s.log);
  raise_descriptor_limit();
  ::signal(SIGPIPE, SIG_IGN);
  asio::io_context io(1);
  auto how = supervisor_settings(all, s);
  if (s.fd_store) how.store = std::make_shared<supervise::fd_store>(l.sink());
  supervise::supervisor running(io, std::move(how), l.sink());
  // If its port is taken, nothing has been said and no socket made.
  auto watch = watched(io, running, s, l);
  serve_all(running, all, s, l);
  service_reporter reporter([&running] { return state_in_words(running.view()); });
  supervise::handover next(io, running, handover_words(s), l.sink(),
                           [&reporter](const std::string& why) { reporter.reload_failed(why); });
  const signal_watch handled(io, l, running, next, reporter);
  if (s.before.handed_over) {
    start_after(running, s, l);
  } else {
    running.start();
    log_line("serving").add("functions", all.size()).write(l.sink(), log_level::info);
  }
  if (watch.post) reporter.add({"metrics", watch.post});
  const service_pulse pulse(io, reporter);
  reporter.ready();
  io.run();
  watch = {};
  log_line("stopped").write(l.sink(), log_level::info);
  return 0;
}

}  // namespace kapacitor::udf::server
