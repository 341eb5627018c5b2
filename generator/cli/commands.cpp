#include "cli/commands.hpp"

#include <cstdio>
#include <iostream>
#include <memory>
#include <utility>

#include "cli/show.hpp"
#include "run/replay_workload.hpp"
#include "run/runner.hpp"
#include "run/scenario_workload.hpp"

namespace kapacitor::generator {
namespace {

int run_scenario(settings s) {
  auto what = std::make_unique<scenario_workload>(s);
  // What goes to stdout may be points.
  if (s.plot) std::cerr << plot(what->chosen(), s.anomalies) << std::flush;
  return runner(std::move(s), std::move(what)).run();
}

int replay(settings s) {
  auto what = std::make_unique<replay_workload>(s);
  return runner(std::move(s), std::move(what)).run();
}

int print(const std::string& text) {
  std::cout << text << std::flush;
  return std::cout ? 0 : 1;
}

}  // namespace

int execute(settings s) {
  switch (s.what) {
    case command::run:
      return run_scenario(std::move(s));
    case command::replay:
      return replay(std::move(s));
    case command::scenarios:
      return print(describe_scenarios(s.operand));
    case command::check:
      return print(check(s));
  }
  return 2;
}

}  // namespace kapacitor::generator
