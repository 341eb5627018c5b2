#pragma once

#include <string>
#include <vector>

#include "doctor/finding.hpp"
#include "doctor/function_check.hpp"
#include "doctor/kapacitor_api.hpp"
#include "doctor/tick_script.hpp"

namespace kapacitor::udf::doctor {

/// A task that Kapacitor should execute and does not.
struct dead_task {
  std::string id;
  std::string not_served;  // a function of its script that cannot be used now; empty: none
};

/// Looks at Kapacitor's tasks, and at the functions that their scripts use.
class task_check {
 public:
  /// `revives`: the dead will be dealt with, so they are told as warnings.
  task_check(const known_functions& known, bool revives, report& to)
      : known_(known), revives_(revives), report_(to) {}

  std::vector<dead_task> check(const std::vector<kapacitor_task>& tasks);

 private:
  void check_script(const kapacitor_task& t, const std::vector<used_function>& used);
  void check_options(const kapacitor_task& t, const used_function& f);
  void refuse(const kapacitor_task& t, std::size_t line, const std::string& why,
              const std::string& to_do);
  void tell_dead(const kapacitor_task& t);

  const known_functions& known_;
  const bool revives_;
  report& report_;
};

}  // namespace kapacitor::udf::doctor
