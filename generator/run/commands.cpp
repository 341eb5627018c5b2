#include "run/commands.hpp"

#include <memory>
#include <utility>

#include "run/error.hpp"
#include "run/runner.hpp"
#include "run/scenario_workload.hpp"

namespace kapacitor::generator {
namespace {

int run_scenario(settings s) {
  auto what = std::make_unique<scenario_workload>(s);
  return runner(std::move(s), std::move(what)).run();
}

// What follows is filled in by the parts that read files.

int replay_file(settings) {
  throw usage_error("replay: not in this build");
}

int show_scenarios(const settings&) {
  throw usage_error("scenarios: not in this build");
}

int check_file(const settings&) {
  throw usage_error("check: not in this build");
}

}  // namespace

int execute(settings s) {
  switch (s.what) {
    case command::run:
      return run_scenario(std::move(s));
    case command::replay:
      return replay_file(std::move(s));
    case command::scenarios:
      return show_scenarios(s);
    case command::check:
      return check_file(s);
  }
  return 2;
}

}  // namespace kapacitor::generator
