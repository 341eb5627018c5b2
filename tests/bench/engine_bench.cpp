#include <string>
#include <utility>
#include <vector>

#include "bench/report.hpp"
#include "bench/workload.hpp"
#include "support/streams.hpp"
#include <kapacitor/udf/engine.hpp>

// What a point costs in an engine, beside a function that does nothing or next to nothing:
// grouping, the point's views, the results. No encoding, no session.
namespace kapacitor::udf::bench {
namespace {

// Few enough to stay in the processor's cache, as points do that a program has just made.
constexpr std::size_t points = 500;

/// Hears of each point, says nothing.
struct silent {
  void on_point(const udf::point& p, udf::emitter&) { benchmark::DoNotOptimize(p.time()); }
};
/// Says as much as it hears, for the costs of results.
struct echo {
  void on_point(const udf::point& p, udf::emitter& out) { out.emit(p, p.fields()); }
};
/// Reads the point's field and says one.
struct twice {
  void on_point(const udf::point& p, udf::emitter& out) {
    if (const auto x = p.number("value")) out.emit(p, {{"twice", 2 * *x}});
  }
};

void feed(engine& e, const decoded& stream) {
  for (const auto& p : stream.points) {
    e.add({p.name(), p.database(), p.retention_policy(), p.tags(), p.fields(), p.time()});
  }
}

struct work {
  test::stream_shape shape = {};
  group_by by = {.tags = {"host"}};
};

void run_engine(benchmark::State& state, const function& f, const work& w) {
  std::uint64_t results = 0;
  engine e(f, options_for(f), [&](const result&) { ++results; }, {.group_by = w.by});
  const decoded stream(test::encoded_stream(w.shape, points));
  feed(e, stream);  // all groups are known then
  for (auto _ : state) feed(e, stream);
  report_time_per("point", state, points);
  benchmark::DoNotOptimize(results);
}

void register_all() {
  const std::vector<function> functions = {
      make_function<silent>("silent"), make_function<twice>("twice"),
      make_function<echo>("echo"),     plain_function("identity"),
      plain_function("ewma"),          plain_function("moving_average")};
  const std::vector<std::pair<std::string, work>> all = {
      {"", {}},
      {"/10_tags_10_fields", {.shape = ten_tags_ten_fields}},
      {"/10_tags_10_fields/all_tags", {.shape = ten_tags_ten_fields, .by = {.all_tags = true}}}};
  for (const auto& f : functions) {
    for (const auto& [name, w] : all) {
      benchmark::RegisterBenchmark(("engine/" + f.name + name).c_str(), run_engine, f, w);
    }
  }
}

}  // namespace
}  // namespace kapacitor::udf::bench

int main(int argc, char** argv) {
  kapacitor::udf::bench::register_all();
  return kapacitor::udf::bench::run_registered(argc, argv);
}
