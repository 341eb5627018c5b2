#include "base/text/guarded.hpp"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <exception>
#include <iostream>
#include <system_error>

#include "base/text/error.hpp"

namespace kapacitor {
namespace {

int print_error(const std::string& program, const char* what, exit_code code) {
  std::fprintf(stderr, "%s: %s\n", program.c_str(), what);
  return static_cast<int>(code);
}

/// What was printed to stdout has to be there, too. A reader that has left has what it wanted.
int with_stdout_written(const std::string& program, int code) {
  errno = 0;
  const bool written =
      std::cout.flush().good() && std::fflush(stdout) == 0 && std::ferror(stdout) == 0;
  if (written || errno == EPIPE || errno == EBADF) return code;
  const auto why = errno == 0 ? std::string("write error") : std::generic_category().message(errno);
  const auto failed =
      print_error(program, ("cannot write to stdout: " + why).c_str(), exit_code::failed);
  return code == 0 ? failed : code;
}

}  // namespace

int guarded(const std::string& program, const std::function<int()>& body) {
  // A file that reaches the limit of `ulimit -f` is an error of the write, as a full disk is.
  std::signal(SIGXFSZ, SIG_IGN);
  try {
    return with_stdout_written(program, body());
  } catch (const user_error& problem) {
    return print_error(program, problem.what(), problem.code());
  } catch (const std::exception& problem) {
    return print_error(program, problem.what(), exit_code::failed);
  }
}

}  // namespace kapacitor
