#pragma once

#include <cstddef>

#include <benchmark/benchmark.h>

// What the Google Benchmark programs have in common.
namespace kapacitor::udf::bench {

/// Prints the time of each of the `n` pieces of work that an iteration consists of.
inline void report_time_per(const char* piece, benchmark::State& state, std::size_t n) {
  using benchmark::Counter;
  const auto done = static_cast<double>(state.iterations()) * static_cast<double>(n);
  state.counters[piece] = Counter(done, Counter::kIsRate | Counter::kInvert);
}

/// The rest of main() once the benchmarks are registered.
inline int run_registered(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}

}  // namespace kapacitor::udf::bench
