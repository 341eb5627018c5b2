#include "program/predecessor.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "program/program.hpp"

namespace kapacitor::udf::server {

predecessor find_predecessor(int argc, const char* const* argv) {
  predecessor p;
  p.program = own_path();
  const std::string_view first = argc > 1 ? argv[1] : "";
  int at = 1;
  if (first == takes_over_flag) {
    p.wants = predecessor::wish::answer;
    p.fd = STDIN_FILENO;
    at = 2;
  } else if (first == take_over_flag && argc > 2) {
    p.wants = predecessor::wish::take_over;
    p.fd = std::atoi(argv[2]);
    at = 3;
    p.program = argv[0];  // yet another one may have taken its place meanwhile
  }
  if (argc > at) p.arguments.assign(argv + at, argv + argc);
  return p;
}

std::vector<const char*> other_arguments(const char* program, const predecessor& p) {
  std::vector<const char*> all{program};
  for (const auto& argument : p.arguments) all.push_back(argument.c_str());
  return all;
}

void predecessor::read() {
  if (wants == wish::nothing) return read_environment();
  handed_over = std::make_shared<supervise::handover_in>(owned_fd(fd));
  for (const auto& p : handed_over->head().posts) {
    if (p.path.empty()) activated.push_back({p.name, p.socket.listening});
  }
}

void predecessor::read_environment() {
  for (auto& one : activated_sockets()) {
    // No function has a dot in its name.
    const bool kept = one.name.find('.') != std::string::npos;
    (kept ? stored : activated).push_back(std::move(one));
  }
}

bool predecessor::serves(const std::string& function) const {
  if (!handed_over) return false;
  const auto& posts = handed_over->head().posts;
  return std::any_of(posts.begin(), posts.end(), [&](const auto& p) { return p.name == function; });
}

}  // namespace kapacitor::udf::server
