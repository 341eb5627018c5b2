#include <string>

#include <bench/report.hpp>
#include <bench/workload.hpp>

// What a function itself costs, with the group's instance being found and the answer being written:
// points that are read already go in. `identity` is the floor, the others minus that their own.
namespace kapacitor::udf::bench {
namespace {

constexpr std::size_t points = 1'000;

void take_points(benchmark::State& state, const function& f, const test::stream_shape& shape) {
  const decoded stream(test::encoded_stream(shape, points));
  lone_function alone(f);
  for (auto _ : state) alone.take_points(stream);
  report_time_per("point", state, points);
}

void take_batch(benchmark::State& state, const function& f, const test::stream_shape& shape) {
  const decoded batch(test::encoded_batches(shape, 1, points));
  lone_function alone(f);
  for (auto _ : state) alone.take_batch(batch);
  report_time_per("point", state, points);
}

void register_all(const char* suffix, const test::stream_shape& shape) {
  for (const auto& f : functions::all()) {
    const auto measure = f.wants == edge::stream ? take_points : take_batch;
    benchmark::RegisterBenchmark((f.name + suffix).c_str(), measure, f, shape);
  }
}

}  // namespace
}  // namespace kapacitor::udf::bench

int main(int argc, char** argv) {
  using namespace kapacitor::udf::bench;
  register_all("", {});
  register_all("/10_tags_10_fields", ten_tags_ten_fields);
  return run_registered(argc, argv);
}
