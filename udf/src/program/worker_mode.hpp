#pragma once

#include <string>
#include <vector>

#include "program/settings.hpp"
#include <kapacitor/udf/function.hpp>

// A program that serves functions, as the worker of its own supervisor.
namespace kapacitor::udf::server {

/// The words that start a worker for one of this program's functions, with all settings that
/// concern it. The running program is meant, even if its file has been replaced meanwhile.
///
/// Its descriptor 3 is to be its control socket (server/control_socket.hpp).
std::vector<std::string> worker_words(const settings& s, const std::string& function);

/// Whether these are the arguments of a worker, of worker_words().
bool is_worker(int argc, const char* const* argv);

/// The main() of a worker: serves the connections that come by its control socket, until that ends
/// and all that was received by then is answered. It looks at no variable and no configuration
/// file. SIGINT and SIGTERM, which reach all processes of a terminal or of a service, are left to
/// the supervisor; SIGHUP opens the log file again.
///
/// Returns: the exit code, see worker_exit
int worker_main(const std::vector<function>& all, int argc, const char* const* argv);

}  // namespace kapacitor::udf::server
