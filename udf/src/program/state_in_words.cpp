#include "program/state_in_words.hpp"

#include <algorithm>

#include "base/text/phrase.hpp"

namespace kapacitor::udf::server {
namespace {

std::string waiting(std::size_t n, const std::string& noun, const std::string& what) {
  if (n == 0) return {};
  return "; " + counted(n, noun) + (n == 1 ? " waits for " : " wait for ") + what;
}

}  // namespace

std::string state_in_words(const std::vector<supervise::function_view>& all) {
  std::size_t tasks = 0, down = 0;
  for (const auto& f : all) {
    for (const auto& t : f.tasks) {
      if (t.task.empty()) continue;  // somebody who has said nothing so far
      ++tasks;
      if (t.waits_for_worker()) ++down;
    }
  }
  const auto unknown =
      std::count_if(all.begin(), all.end(), [](const auto& f) { return !f.known; });
  return counted(all.size(), "function") + ", " + counted(tasks, "task") +
         waiting(down, "task", "a new worker") +
         waiting(static_cast<std::size_t>(unknown), "function",
                 "an agent that does not say what it is");
}

std::string state_in_words(std::size_t functions, std::size_t connections) {
  return counted(functions, "function") + " without workers, " + counted(connections, "connection");
}

}  // namespace kapacitor::udf::server
