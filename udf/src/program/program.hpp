#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/text/logger.hpp"
#include "program/examiner.hpp"
#include "program/settings.hpp"
#include "program/watch.hpp"
#include "server/server.hpp"
#include <kapacitor/udf/function.hpp>

// What programs that serve functions have in common.
namespace kapacitor::udf::server {

/// The program kapacitor-udfd with these functions. Returns: the exit code
int udfd(const std::vector<function>& all, const watcher& watch, const examiner& doctor, int argc,
         char** argv);

/// A function that is to be served on a socket.
struct served {
  function what;
  std::string path;  // of a socket to be made; empty: `listening` is given
  int listening = -1;
  const agent_settings* agent = nullptr;  // `what` has only a name then
};
/// Serves until SIGTERM or SIGINT; SIGHUP opens the log file anew.
///
/// Returns: the exit code: 0, or 1 where a function hung and its answers are lost
int serve_until_signal(const std::vector<served>& all, const settings& s);

/// Either, as the settings say.
int serve_on_sockets(const std::vector<served>& all, const settings& s);
/// The same with workers: this process runs no function's code, and outlives each that does.
int serve_with_workers(const std::vector<served>& all, const settings& s);

/// Serves one function on stdin and stdout.
///
/// Errors: start_error where a person seems to sit at stdin
int serve_on_stdio(const function& f, const settings& s);

/// The path of the running program.
std::string own_path();

}  // namespace kapacitor::udf::server
