#include <string>
#include <vector>

#include "bench/report.hpp"
#include "bench/workload.hpp"
#include "support/streams.hpp"
#include <kapacitor/udf/engine.hpp>

// What a point costs in an engine, beside a function that does nothing or next to nothing:
// grouping, the point's views, the results. No encoding, no session.
namespace kapacitor::udf::bench {
namespace {

constexpr std::size_t points = 10'000;

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

void run_engine(benchmark::State& state, const function& f, const test::stream_shape& shape) {
  std::uint64_t results = 0;
  engine e(f, options_for(f), [&](const result&) { ++results; }, {.group_by = {.tags = {"host"}}});
  const decoded stream(test::encoded_stream(shape, points));
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
  for (const auto& f : functions) {
    benchmark::RegisterBenchmark(("engine/" + f.name).c_str(), run_engine, f, test::stream_shape{});
    benchmark::RegisterBenchmark(("engine/" + f.name + "/10_tags_10_fields").c_str(), run_engine, f,
                                 ten_tags_ten_fields);
  }
}

}  // namespace
}  // namespace kapacitor::udf::bench

int main(int argc, char** argv) {
  kapacitor::udf::bench::register_all();
  return kapacitor::udf::bench::run_registered(argc, argv);
}
