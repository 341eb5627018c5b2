#include "doctor/revive.hpp"

#include <thread>

#include <fmt/format.h>

namespace kapacitor::udf::doctor {
namespace {

void wait(const revive_settings& s) {
  if (s.sleep) return s.sleep(s.pause);
  std::this_thread::sleep_for(s.pause);
}

/// Returns: why it does not execute; empty: it does
std::string try_once(kapacitor_api& api, const std::string& id, const revive_settings& s) {
  try {
    api.set_enabled(id, false);
    api.set_enabled(id, true);
  } catch (const api_error& problem) {
    if (problem.code() != exit_code::failed) throw;
    wait(s);
    return problem.what();
  }
  // A function refuses its options, or goes away, after Kapacitor has answered.
  wait(s);
  const auto t = api.task(id);
  if (t.executing) return {};
  return t.error.empty() ? "it does not execute, and Kapacitor names no error" : t.error;
}

void revive_one(kapacitor_api& api, const std::string& id, report& to, const revive_settings& s) {
  std::string why;
  for (int n = 1; n <= s.tries; ++n) {
    log_line("enabling a task again").add("task", id).add("try", n).write(s.log, log_level::info);
    why = try_once(api, id, s);
    if (why.empty()) return to.ok("task " + id, fmt::format("revived, try {}", n));
    log_line("the task does not execute")
        .add("task", id)
        .add("try", n)
        .add("error", why)
        .write(s.log, log_level::warn);
  }
  to.error("task " + id, fmt::format("not revived in {} tries: {}", s.tries, why),
           fmt::format("mend that, then call the doctor again; kapacitor show {} tells more", id));
}

}  // namespace

void revive(kapacitor_api& api, const std::vector<dead_task>& dead, report& to,
            const revive_settings& s) {
  for (const auto& task : dead) {
    if (task.not_served.empty()) {
      revive_one(api, task.id, to, s);
    } else {
      to.error(
          "task " + task.id,
          fmt::format("not revived: its function {} cannot be used, see above", task.not_served),
          "mend that first: a task whose socket is not served can end kapacitord");
    }
  }
}

}  // namespace kapacitor::udf::doctor
