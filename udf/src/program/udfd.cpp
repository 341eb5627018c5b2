#include <algorithm>
#include <iostream>

#include "describe/describe.hpp"
#include "describe/markdown.hpp"
#include "program/cli.hpp"
#include "program/program.hpp"
#include "program/socket_dir.hpp"
#include "server/activation.hpp"
#include "server/start_error.hpp"

namespace kapacitor::udf::server {
namespace {

constexpr char program[] = "kapacitor-udfd";

const function& find(const std::vector<function>& all, const std::string& name) {
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const auto& f) { return f.name == name; });
  if (found != all.end()) return *found;
  std::string names;
  for (const auto& f : all) names += (names.empty() ? "" : ", ") + f.name;
  throw start_error("unknown function \"" + name + "\"; known: " + names);
}

cli_shape shape() {
  cli_shape s{
      .program = program,
      .summary = "Serves user defined functions to Kapacitor, each on a UNIX socket DIR/NAME.sock.",
      .known = {udfd_settings().begin(), udfd_settings().end()},
      .many_functions = true};
  s.known.insert(s.known.end(), common_settings().begin(), common_settings().end());
  return s;
}

std::vector<served> on_activated_sockets(const std::vector<function>& all,
                                         const std::vector<activated_socket>& sockets) {
  std::vector<served> result;
  for (const auto& s : sockets) result.push_back({find(all, s.name), "", s.fd});
  return result;
}

std::vector<served> on_own_sockets(const std::vector<function>& all, const settings& s) {
  auto names = s.functions;
  if (names.empty()) {
    for (const auto& f : all) names.push_back(f.name);
  }
  std::vector<served> result;
  for (const auto& name : names) {
    const auto same = [&](const served& one) { return one.what.name == name; };
    if (std::none_of(result.begin(), result.end(), same)) result.push_back({find(all, name), ""});
  }
  if (!s.socket_dir.empty()) check_socket_dir(s.socket_dir);
  const auto dir = s.socket_dir.empty() ? default_socket_dir() : s.socket_dir;
  for (auto& one : result) one.path = dir + "/" + one.what.name + ".sock";
  return result;
}

int describe_one(const std::vector<function>& all, const command& c) {
  const auto& f = find(all, c.text);
  const auto dir = c.given.socket_dir.empty() ? "/run/kapacitor-udf" : c.given.socket_dir;
  // A page is for every machine, so it names the program where it is installed.
  const reach how{dir + "/" + f.name + ".sock",
                  c.markdown ? "/usr/local/bin/kapacitor-udfd" : own_path(),
                  {"--stdio", f.name}};
  std::cout << (c.markdown ? page(f, how) : describe(f, how));
  return 0;
}

int serve(const std::vector<function>& all, const settings& s) {
  if (!s.stdio.empty()) return serve_on_stdio(find(all, s.stdio), s);
  const auto passed_on = activated_sockets();
  return serve_until_signal(
      passed_on.empty() ? on_own_sockets(all, s) : on_activated_sockets(all, passed_on), s);
}

}  // namespace

int udfd(const std::vector<function>& all, int argc, char** argv) {
  return guarded(program, [&] {
    const auto c = parse_command_line(shape(), argc, argv);
    switch (c.what) {
      case command::kind::show:
        std::cout << c.text;
        return 0;
      case command::kind::list:
        std::cout << (c.markdown ? index(all) : list(all));
        return 0;
      case command::kind::describe:
        return describe_one(all, c);
      case command::kind::serve:
        break;
    }
    return serve(all, c.given);
  });
}

}  // namespace kapacitor::udf::server
