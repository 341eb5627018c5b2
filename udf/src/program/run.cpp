#include <iostream>

#include "base/options/program.hpp"
#include "describe/describe.hpp"
#include "describe/markdown.hpp"
#include "program/program.hpp"
#include "program/worker_mode.hpp"
#include <kapacitor/udf/run.hpp>

namespace kapacitor::udf {
namespace {

std::string described(const function& f, const server::settings& s) {
  const auto socket = s.listen.empty() ? "/run/kapacitor-udf/" + f.name + ".sock" : s.listen;
  const server::endpoint how{socket, server::own_path(), {}};
  return s.asked.markdown ? server::page(f, how) : server::describe(f, how);
}

int serve(const function& f, const server::settings& s) {
  if (s.listen.empty()) check_without_workers(s, "stdin and stdout: add --listen PATH");
  if (s.listen.empty()) return server::serve_on_stdio(f, s);
  return server::serve_on_sockets({{f, s.listen}}, s);
}

}  // namespace

int run(const function& f, int argc, char** argv) {
  if (server::is_worker(argc, argv)) return server::worker_main({f}, argc, argv);
  server::settings s;
  s.before = server::find_predecessor(argc, argv);
  const auto words = server::other_arguments(argv[0], s.before);
  const auto options = server::program_options(s, f.name, f.summary);
  return run_program(options, static_cast<int>(words.size()), words.data(),
                     [&](const std::string&) {
                       check_together(s);
                       s.before.read();
                       if (!s.asked.describe) return serve(f, s);
                       std::cout << described(f, s);
                       return 0;
                     });
}

}  // namespace kapacitor::udf
