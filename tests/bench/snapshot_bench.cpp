#include <string>

#include "bench/report.hpp"
#include "bench/workload.hpp"
#include "session/snapshot.hpp"

// Taking and restoring the snapshot of a moving_average whose windows of ten points are full.
namespace kapacitor::udf::bench {
namespace {

const function& measured() {
  static const auto f = plain_function("moving_average");
  return f;
}

/// The last one is kept: those of many groups take long to make.
const std::string& kept_snapshot(std::size_t groups) {
  static struct {
    std::size_t groups = 0;
    std::string bytes = {};
  } kept;
  if (kept.groups != groups) kept = {groups, snapshot_of(groups)};
  return kept.bytes;
}

void report(benchmark::State& state, const std::string& snapshot) {
  const auto groups = static_cast<std::size_t>(state.range(0));
  report_time_per("group", state, groups);
  state.counters["bytes/group"] =
      static_cast<double>(snapshot.size()) / static_cast<double>(groups);
}

void pack(benchmark::State& state) {
  const auto& snapshot = kept_snapshot(static_cast<std::size_t>(state.range(0)));
  lone_function alone(measured(), options_for(measured()));
  agent::unpack_snapshot(measured(), alone.task(), snapshot);
  for (auto _ : state) {
    benchmark::DoNotOptimize(agent::pack_snapshot(measured(), alone.task()).data());
  }
  report(state, snapshot);
}

void unpack(benchmark::State& state) {
  const auto& snapshot = kept_snapshot(static_cast<std::size_t>(state.range(0)));
  lone_function alone(measured(), options_for(measured()));
  for (auto _ : state) agent::unpack_snapshot(measured(), alone.task(), snapshot);
  report(state, snapshot);
}

void register_all() {
  for (const std::int64_t groups : {100, 100'000, 1'000'000}) {
    for (const auto measure : {pack, unpack}) {
      const auto* name = measure == pack ? "pack" : "unpack";
      benchmark::RegisterBenchmark(name, measure)->Arg(groups)->Unit(benchmark::kMillisecond);
    }
  }
}

}  // namespace
}  // namespace kapacitor::udf::bench

int main(int argc, char** argv) {
  kapacitor::udf::bench::register_all();
  return kapacitor::udf::bench::run_registered(argc, argv);
}
