#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace kapacitor {

/// How a program of this project ends. `--help` prints the table; see exit_code_table().
enum class exit_code : int {
  success = 0,      // everything was done
  failed = 1,       // the run failed, or points were lost, rejected or not sent
  usage = 2,        // wrong flag, file, key or variable, or the program cannot start
  unreachable = 3,  // a server did not answer in time
  refused = 4,      // a server refuses: database, authorization, certificate
  forced = 130,     // a second SIGINT or SIGTERM
};

/// What ends the program: one line for the user, and the exit code that goes with it.
///
/// Only main() and its like catch this; a library function throws one of the classes below.
class user_error : public std::runtime_error {
 public:
  user_error(exit_code code, const std::string& what) : std::runtime_error(what), code_(code) {}
  exit_code code() const { return code_; }

 private:
  exit_code code_;
};

/// The command line, a file of it or a variable asks for something that cannot be. The text names
/// the flag or file, the value, and what is allowed.
class usage_error : public user_error {
 public:
  explicit usage_error(const std::string& what) : user_error(exit_code::usage, what) {}
};

/// The machine is not as the program needs it: a socket in use, a folder that cannot be written to,
/// a command that cannot be run.
class start_error : public user_error {
 public:
  explicit start_error(const std::string& what) : user_error(exit_code::usage, what) {}
};

/// A run ends here, early, with that exit code; the text says why, if there is anything to say.
/// exit_code::success: somebody asked it to stop.
class run_ended : public user_error {
 public:
  using user_error::user_error;
};

/// Calls `read`; a usage_error of it gets `where` in front: `--timeout: "5" is no duration: ...`.
template <class Read>
auto with_context(std::string_view where, Read read) {
  try {
    return read();
  } catch (const usage_error& problem) {
    throw usage_error(std::string(where) + ": " + problem.what());
  }
}

/// The exit codes as text, one line each, for `--help`.
constexpr const char* exit_code_table() {
  return "  0    done\n"
         "  1    the run failed, or points were lost, rejected or not sent\n"
         "  2    wrong usage, or the program cannot start\n"
         "  3    a server was not reached\n"
         "  4    a server refuses: database, retention policy, authorization, certificate\n"
         "  130  ended by a second SIGINT or SIGTERM\n";
}

}  // namespace kapacitor
