#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/options/table.hpp"
#include "base/text/logger.hpp"
#include "program/predecessor.hpp"
#include "program/watch.hpp"
#include "server/server.hpp"
#include "supervise/supervisor_settings.hpp"
#include "supervise/worker_limits.hpp"

namespace kapacitor::udf::server {

/// What is to be shown instead of serving.
struct question {
  bool list = false;      // all functions
  bool describe = false;  // one function
  std::string function;   // its name; of a program with one function: empty
  bool markdown = false;
};

/// What a table of the configuration file says of one function. Empty: as for all.
struct own_settings {
  std::optional<journal::on_overload> policy;
  std::optional<std::size_t> queue_size;
};

/// A function that is a program of its own: a table [agent.NAME] of the configuration file.
struct agent_settings {
  std::string exec;         // the command, split into words without a shell
  std::string user, group;  // empty: as the supervisor
  supervise::worker_limits limits;
  own_settings own;
};

/// What flags, variables and the configuration file say.
struct settings {
  question asked;
  std::string socket_dir;                        // empty: the default one
  std::vector<std::string> functions;            // empty: all
  std::map<std::string, agent_settings> agents;  // by name
  std::map<std::string, own_settings> own;       // of ready-made functions, by name
  std::string stdio;   // the function to serve on stdin and stdout; empty: none
  std::string listen;  // the socket of a program with one function; empty: none
  server_settings server;
  supervise::worker_limits limits;  // of each worker
  supervise::isolation isolate = supervise::isolation::function;
  journal::conversation_settings journal;
  std::string enrich_dir;  // what tasks may read: see file_limit
  std::string poison_dir;  // empty: the default one
  bool fd_store = false;   // systemd keeps the connections over a death of this process
  log_settings log;
  predecessor before = {};
  watcher watch = {};  // null if nobody does

  bool watched() const { return watch.wanted && watch.wanted(); }
};

/// The options of kapacitor-udfd, which serves functions of these names (empty: any). Lifetime: `s`
/// must outlive the table, which sets it
option_table udfd_options(settings& s, const std::vector<std::string>& functions = {});

/// The option that says which files tasks may read. Of kapacitor-udfd and its workers: no other
/// program has a function that reads files.
void add_file_limit(option_rows& rows, settings& s);

/// The options of a program with one function, made with udf::run. Its variables begin with
/// KAPACITOR_UDF whatever its name is.
option_table program_options(settings& s, const std::string& name, const std::string& summary);

/// Errors: usage_error if what is asked for does not go together
void check_together(const settings& s);
/// Of what only a supervisor does. Errors: usage_error if there is none, because of `flag`.
/// `function`: that alone is served; empty: any may be
void check_without_workers(const settings& s, const std::string& flag,
                           const std::string& function = {});

/// What becomes of the data of a function that is overloaded.
journal::overload_settings overload_of(const settings& s, const own_settings& own);

/// The version of this library.
std::string version();

}  // namespace kapacitor::udf::server
