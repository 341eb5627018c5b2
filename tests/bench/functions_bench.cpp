#include <algorithm>
#include <string>

#include <bench/report.hpp>
#include <bench/workload.hpp>
#include <support/ready_made.hpp>

// What a function itself costs, with the group's instance being found and the answer being written:
// points that are read already go in. `identity` is the floor, the others minus that their own.
namespace kapacitor::udf::bench {
namespace {

constexpr std::size_t points = 1'000;

void take_points(benchmark::State& state, const test::setting& s, const test::stream_shape& shape) {
  const auto f = test::ready_made(s.function);
  const decoded stream(test::encoded_stream(shape, std::max(points, shape.groups)));
  lone_function alone(f, s.options);
  // Until windows are full and the memory has grown.
  for (int i = 0; i < 100; ++i) alone.take_points(stream);
  for (auto _ : state) alone.take_points(stream);
  report_time_per("point", state, stream.points.size());
}

void take_batch(benchmark::State& state, const test::setting& s, const test::stream_shape& shape) {
  const auto f = test::ready_made(s.function);
  const decoded batch(test::encoded_batches(shape, 1, points));
  lone_function alone(f, s.options);
  for (auto _ : state) alone.take_batch(batch);
  report_time_per("point", state, points);
}

void register_all(const char* suffix, const test::stream_shape& shape) {
  for (const auto& s : test::ready_made_settings()) {
    if (!s.measured) continue;
    const bool stream = test::ready_made(s.function).wants == edge::stream;
    if (!stream && shape.groups > points) continue;  // a batch is of one group
    benchmark::RegisterBenchmark((s.name() + suffix).c_str(), stream ? take_points : take_batch, s,
                                 shape);
  }
}

}  // namespace
}  // namespace kapacitor::udf::bench

int main(int argc, char** argv) {
  using namespace kapacitor::udf::bench;
  register_all("/100_groups", {});
  register_all("/100000_groups", {.groups = 100'000});
  register_all("/10_tags_10_fields", ten_tags_ten_fields);
  return run_registered(argc, argv);
}
