#include "base/text/guarded.hpp"

#include <cstdio>
#include <exception>

#include "base/text/error.hpp"

namespace kapacitor {
namespace {

int print_error(const std::string& program, const char* what, exit_code code) {
  std::fprintf(stderr, "%s: %s\n", program.c_str(), what);
  return static_cast<int>(code);
}

}  // namespace

int guarded(const std::string& program, const std::function<int()>& body) {
  try {
    return body();
  } catch (const user_error& problem) {
    return print_error(program, problem.what(), problem.code());
  } catch (const std::exception& problem) {
    return print_error(program, problem.what(), exit_code::failed);
  }
}

}  // namespace kapacitor
