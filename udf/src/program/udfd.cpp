#include <algorithm>
#include <iostream>

#include "base/options/program.hpp"
#include "base/text/choice.hpp"
#include "base/text/error.hpp"
#include "base/text/file_limit.hpp"
#include "base/text/quote.hpp"
#include "describe/describe.hpp"
#include "describe/markdown.hpp"
#include "program/program.hpp"
#include "program/socket_dir.hpp"
#include "program/worker_mode.hpp"
#include "server/activation.hpp"

namespace kapacitor::udf::server {
namespace {

std::vector<std::string> names_of(const std::vector<function>& all) {
  std::vector<std::string> names;
  names.reserve(all.size());
  for (const auto& f : all) names.push_back(f.name);
  return names;
}

/// `asked_by`: the flag or variable that names it.
const function& find(const std::vector<function>& all, const std::string& name,
                     const std::string& asked_by) {
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const auto& f) { return f.name == name; });
  if (found != all.end()) return *found;
  const auto names = names_of(all);
  throw usage_error(asked_by + ": " + in_quotes(name) + " is no function: write " + listed(names) +
                    suggestion(name, names));
}

/// What may be served under that name: a function of ours, or an agent.
served named(const std::vector<function>& all, const settings& s, const std::string& name,
             const std::string& asked_by) {
  if (const auto found = s.agents.find(name); found != s.agents.end()) {
    served one;
    one.what.name = name;
    one.agent = &found->second;
    return one;
  }
  served one;
  one.what = find(all, name, asked_by);
  return one;
}

void check_agents(const std::vector<function>& all, const settings& s) {
  for (const auto& [name, agent] : s.agents) {
    const auto where = "[agent." + name + "]: ";
    if (agent.exec.empty()) throw usage_error(where + "write exec = \"COMMAND\"");
    if (s.isolate == supervise::isolation::none)
      throw usage_error(where + "needs workers: not with --isolate none");
    for (const auto& f : all) {
      if (f.name == name)
        throw usage_error(where + "there is a ready-made function of that name: take another one");
    }
  }
}

std::vector<served> on_activated_sockets(const std::vector<function>& all, const settings& s,
                                         const std::vector<activated_socket>& sockets) {
  std::vector<served> result;
  result.reserve(sockets.size());
  for (const auto& socket : sockets) {
    const auto same = [&](const served& one) { return one.what.name == socket.name; };
    if (std::any_of(result.begin(), result.end(), same)) {
      throw usage_error("LISTEN_FDNAMES: " + in_quotes(socket.name) +
                        " is there twice: stop one of the socket units that name it");
    }
    result.push_back(named(all, s, socket.name, "LISTEN_FDNAMES"));
    result.back().listening = socket.fd;
  }
  return result;
}

std::vector<served> on_own_sockets(const std::vector<function>& all, const settings& s) {
  auto names = s.functions;
  if (names.empty()) {
    for (const auto& f : all) names.push_back(f.name);
    for (const auto& [name, agent] : s.agents) names.push_back(name);
  }
  std::vector<served> result;
  for (const auto& name : names) {
    const auto same = [&](const served& one) { return one.what.name == name; };
    if (std::none_of(result.begin(), result.end(), same))
      result.push_back(named(all, s, name, "--function"));
  }
  if (!s.socket_dir.empty()) check_socket_dir(s.socket_dir);
  const auto dir = s.socket_dir.empty() ? default_socket_dir() : s.socket_dir;
  for (auto& one : result) one.path = dir + "/" + one.what.name + ".sock";
  return result;
}

int describe_one(const std::vector<function>& all, const settings& s) {
  const auto& f = find(all, s.asked.function, "--describe");
  const auto dir = s.socket_dir.empty() ? "/run/kapacitor-udf" : s.socket_dir;
  // A page is for every machine, so it names the program where it is installed.
  const endpoint how{dir + "/" + f.name + ".sock",
                     s.asked.markdown ? "/usr/local/bin/kapacitor-udfd" : own_path(),
                     {"--stdio", f.name}};
  std::cout << (s.asked.markdown ? page(f, how) : describe(f, how));
  return 0;
}

int serve(const std::vector<function>& all, const settings& s) {
  file_limit::set(s.enrich_dir);
  file_limit::check();
  if (!s.stdio.empty() && s.watched())
    throw usage_error("--metrics needs sockets: not with --stdio");
  if (!s.stdio.empty()) check_without_workers(s, "--stdio", s.stdio);
  if (!s.stdio.empty()) return serve_on_stdio(find(all, s.stdio, "--stdio"), s);
  check_agents(all, s);
  const auto& passed_on = s.before.activated;
  return serve_on_sockets(
      passed_on.empty() ? on_own_sockets(all, s) : on_activated_sockets(all, s, passed_on), s);
}

}  // namespace

int udfd(const std::vector<function>& all, const watcher& watch, const examiner& doctor, int argc,
         char** argv) {
  if (is_worker(argc, argv)) return worker_main(all, argc, argv);
  settings s;
  s.watch = watch;
  s.before = find_predecessor(argc, argv);
  const auto words = other_arguments(argv[0], s.before);
  auto options = udfd_options(s, names_of(all));
  s.watch.add_options(options.rows);
  doctor.add_options(options.rows);
  return run_program(options, static_cast<int>(words.size()), words.data(),
                     [&](const std::string&) {
                       check_together(s);
                       if (doctor.wanted()) return doctor.run(all, logger(s.log).sink());
                       s.before.read();
                       if (s.asked.describe) return describe_one(all, s);
                       if (!s.asked.list) return serve(all, s);
                       std::cout << (s.asked.markdown ? index(all) : list(all));
                       return 0;
                     });
}

}  // namespace kapacitor::udf::server
