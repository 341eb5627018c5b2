#include <iostream>

#include "describe/describe.hpp"
#include "describe/markdown.hpp"
#include "program/cli.hpp"
#include "program/program.hpp"
#include <kapacitor/udf/run.hpp>

namespace kapacitor::udf {
namespace {

server::cli_shape shape(const function& f) {
  server::cli_shape s{
      .program = f.name,
      .summary = f.summary.empty() ? "A user defined function for Kapacitor." : f.summary,
      .known = {server::single_settings().begin(), server::single_settings().end()}};
  s.known.insert(s.known.end(), server::common_settings().begin(), server::common_settings().end());
  return s;
}

std::string described(const function& f, const server::command& c) {
  const auto& path = c.given.listen;
  const auto socket = path.empty() ? "/run/kapacitor-udf/" + f.name + ".sock" : path;
  const server::reach how{socket, server::own_path(), {}};
  return c.markdown ? server::page(f, how) : server::describe(f, how);
}

}  // namespace

int run(const function& f, int argc, char** argv) {
  return server::guarded(f.name, [&] {
    const auto c = server::parse_command_line(shape(f), argc, argv);
    switch (c.what) {
      case server::command::kind::show:
        std::cout << c.text;
        return 0;
      case server::command::kind::describe:
        std::cout << described(f, c);
        return 0;
      case server::command::kind::list:
      case server::command::kind::serve:
        break;
    }
    if (c.given.listen.empty()) return server::serve_on_stdio(f, c.given);
    return server::serve_until_signal({{f, c.given.listen}}, c.given);
  });
}

}  // namespace kapacitor::udf
