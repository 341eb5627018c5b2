#include "doctor/task_check.hpp"

#include <fmt/format.h>

#include "base/text/choice.hpp"
#include "base/text/phrase.hpp"

namespace kapacitor::udf::doctor {
namespace {

/// What Kapacitor writes of every task with a socket that it stops: nothing is wrong.
bool is_usual(const std::string& error) {
  return error.empty() || error.find("node aborted") != std::string::npos;
}

std::vector<std::string> names_of(const auto& map) {
  std::vector<std::string> names;
  names.reserve(map.size());
  for (const auto& [name, value] : map) names.push_back(name);
  return names;
}

std::string types_text(const std::vector<value_type>& types) {
  std::string text;
  for (const auto type : types) text += (text.empty() ? "" : ", ") + std::string(to_string(type));
  return "(" + text + ")";
}

/// What is wrong with the arguments; empty: nothing that the script tells.
std::string why_not(const used_option& o, const std::vector<value_type>& types) {
  const auto given = o.arguments.size();
  if (o.countable && given != types.size()) {
    return fmt::format("{} takes {}, got {}", o.name, counted(types.size(), "argument"), given);
  }
  for (std::size_t i = 0; o.countable && i < given; ++i) {
    if (o.arguments[i] && *o.arguments[i] != types[i]) {
      return fmt::format("{} takes {}, got {}", o.name, to_string(types[i]),
                         to_string(*o.arguments[i]));
    }
  }
  return {};
}

}  // namespace

std::vector<dead_task> task_check::check(const std::vector<kapacitor_task>& tasks) {
  std::vector<dead_task> dead;
  for (const auto& t : tasks) {
    const auto used = used_functions(t.script);
    check_script(t, used);
    if (!t.enabled) {
      report_.ok("task " + t.id, "disabled");
    } else if (!t.executing) {
      tell_dead(t);
      dead.push_back({t.id, {}});
      for (const auto& f : used) {
        const auto found = known_.find(f.name);
        if (found == known_.end() || !found->second.usable) dead.back().not_served = f.name;
      }
    } else if (is_usual(t.error)) {
      report_.ok("task " + t.id, "executing");
    } else {
      report_.warn("task " + t.id, "executing, but its last error is: " + t.error,
                   "see whether its points still come");
    }
  }
  return dead;
}

void task_check::tell_dead(const kapacitor_task& t) {
  const auto why =
      "enabled, but not executing: " +
      (t.error.empty() ? "Kapacitor names no error, as if its function went away" : t.error);
  if (revives_) return report_.warn("task " + t.id, why, {});
  report_.error(
      "task " + t.id, why,
      fmt::format("mend the cause, then kapacitor disable {0} && kapacitor enable {0}, or "
                  "call the doctor with --revive",
                  t.id));
}

/// A task that is disabled hurts nobody yet.
void task_check::refuse(const kapacitor_task& t, std::size_t line, const std::string& why,
                        const std::string& to_do) {
  const auto what = fmt::format("task {}, line {}", t.id, line);
  t.enabled ? report_.error(what, why, to_do) : report_.warn(what, why, to_do);
}

void task_check::check_script(const kapacitor_task& t, const std::vector<used_function>& used) {
  for (const auto& f : used) {
    if (known_.contains(f.name)) {
      check_options(t, f);
    } else {
      refuse(t, f.line,
             fmt::format("@{}() is no function of this kapacitor.conf{}", f.name,
                         suggestion(f.name, names_of(known_))),
             fmt::format("add [udf.functions.{}] and restart kapacitord, or correct the script",
                         f.name));
    }
  }
}

void task_check::check_options(const kapacitor_task& t, const used_function& f) {
  const auto& info = known_.at(f.name).info;
  if (!info) return;
  for (const auto& o : f.options) {
    if (o.name == "quiet") continue;  // of every node
    const auto found = info->options.find(o.name);
    if (found == info->options.end()) {
      const auto names = names_of(info->options);
      refuse(t, o.line,
             fmt::format("{} has no option {}{}", f.name, o.name, suggestion(o.name, names)),
             names.empty() ? "it has none" : "it has: " + listed(names));
    } else if (const auto why = why_not(o, found->second); !why.empty()) {
      refuse(t, o.line, fmt::format("option of {}: {}", f.name, why),
             fmt::format("write .{}{}", o.name, types_text(found->second)));
    }
  }
}

}  // namespace kapacitor::udf::doctor
