#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "journal/conversation.hpp"
#include "metrics/scoreboard.hpp"

// What a supervisor says of its tasks, for those who watch it.
namespace kapacitor::udf::supervise {

struct task_view {
  std::uint64_t connection = 0;
  std::string task, node;  // empty before Init
  bool attached = false;   // a worker serves it
  bool suspected = false;  // its requests are suspected of killing workers
  journal::conversation_totals totals;
  journal::conversation_sizes sizes;
  metrics::score score;     // all 0 of an agent that is not ours
  metrics::warning warned;  // by the worker, or by the supervisor: the last one

  /// Its worker has died, and there is no other one as yet.
  bool waits_for_worker() const { return !task.empty() && !attached && totals.deaths != 0; }
};

struct function_view {
  std::string name = {}, path = {};
  bool known = true;                  // connections are accepted: it is known what it is
  std::size_t workers = 0;            // now
  std::uint64_t workers_started = 0;  // so far
  std::vector<task_view> tasks = {};
};

}  // namespace kapacitor::udf::supervise
