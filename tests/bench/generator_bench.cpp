#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include "base/line/batch.hpp"
#include "bench/report.hpp"
#include "scenario/scenario.hpp"
#include "source/synthetic.hpp"

// The cost of a point of the generator, from its signals to the end of its line: one thread,
// nothing is sent. `ready_line` and `integer_line` are what the machine can do at most: a line that
// is there already, and one in which only the time is new.
namespace kapacitor::generator::bench {
namespace {

using udf::bench::report_time_per;

constexpr std::int64_t start_time = 1'700'000'000'000'000'000;
constexpr std::size_t least_points = 10'000;  // in an iteration
constexpr std::string_view some_line = "stress,host=m0000 value=52.418 1700000000000000000\n";

void report(benchmark::State& state, std::size_t points, std::size_t bytes) {
  report_time_per("point", state, points);
  const auto iterations = static_cast<std::size_t>(state.iterations());
  state.SetItemsProcessed(static_cast<std::int64_t>(iterations * points));
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
}

void run_scenario(benchmark::State& state, const scenario& what) {
  synthetic_source from(what, {});
  std::size_t bytes = 0, points = 0;
  batcher out({}, [&](batch&& b) {
    bytes += b.lines.size();
    points += b.points;
    benchmark::DoNotOptimize(b.lines.data());
  });
  const auto per_tick = from.points_per_tick();
  const auto ticks = std::max<std::size_t>(1, least_points / per_tick);
  tick t;
  for (auto _ : state) {
    for (std::size_t i = 0; i < ticks; ++i) {
      t.offset = t.number * what.interval.count();
      t.time = start_time + t.offset;
      from.produce(t, {0, per_tick}, out);
      ++t.number;
    }
  }
  report(state, ticks * per_tick, bytes);
}

/// `write` appends a line, of which it gets the number, and returns its end.
template <class Write>
void run_lines(benchmark::State& state, Write write) {
  std::array<char, std::size_t{1} << 18U> room;
  std::int64_t number = 0;
  std::size_t bytes = 0;
  char* end = room.data();
  for (auto _ : state) {
    for (std::size_t i = 0; i < least_points; ++i) {
      if (end + 2 * some_line.size() > room.data() + room.size()) end = room.data();
      char* const line = std::exchange(end, write(end, number++));
      bytes += static_cast<std::size_t>(end - line);
      benchmark::ClobberMemory();
    }
  }
  report(state, least_points, bytes);
}

char* put(char* to, std::string_view text) {
  std::memcpy(to, text.data(), text.size());
  return to + text.size();
}

void ready_line(benchmark::State& state) {
  auto text = some_line;
  benchmark::DoNotOptimize(text);
  run_lines(state, [text](char* to, std::int64_t) { return put(to, text); });
}

void integer_line(benchmark::State& state) {
  auto head = some_line.substr(0, some_line.rfind(' ') + 1);
  benchmark::DoNotOptimize(head);
  run_lines(state, [head](char* to, std::int64_t number) {
    char* const time = put(to, head);
    char* const end = std::to_chars(time, time + 20, start_time + number).ptr;
    *end = '\n';
    return end + 1;
  });
}

scenario stress(std::size_t series, bool all_digits) {
  auto s = load_scenario("stress");
  s.measurements[0].series = series;
  if (all_digits) s.measurements[0].fields[0].decimals = field_spec::all_digits;
  return s;
}

scenario devops_cpu() {
  auto s = load_scenario("devops");
  std::erase_if(s.measurements, [](const measurement_spec& m) { return m.name != "cpu"; });
  return s;
}

void add(const std::string& name, const scenario& what) {
  benchmark::RegisterBenchmark(name.c_str(), run_scenario, what)->Unit(benchmark::kMillisecond);
}

void register_all() {
  benchmark::RegisterBenchmark("ready_line", ready_line)->Unit(benchmark::kMillisecond);
  benchmark::RegisterBenchmark("integer_line", integer_line)->Unit(benchmark::kMillisecond);
  for (const std::size_t series : {10u, 1'000u, 100'000u}) {
    const auto suffix = "/" + std::to_string(series) + "_series";
    add("stress" + suffix, stress(series, false));
    add("stress_all_digits" + suffix, stress(series, true));
  }
  add("devops_cpu", devops_cpu());
  add("devops", load_scenario("devops"));
  add("sensors", load_scenario("sensors"));
}

}  // namespace
}  // namespace kapacitor::generator::bench

int main(int argc, char** argv) {
  kapacitor::generator::bench::register_all();
  return kapacitor::udf::bench::run_registered(argc, argv);
}
