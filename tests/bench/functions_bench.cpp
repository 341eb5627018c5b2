#include <algorithm>
#include <string>
#include <vector>

#include "bench/report.hpp"
#include "bench/workload.hpp"
#include "support/ready_made.hpp"

// What a function itself costs, with the group's instance being found and the answer being written:
// points that are read already go in. `identity` is the floor, the others minus that their own.
namespace kapacitor::udf::bench {
namespace {

constexpr std::size_t points = 1'000;

/// A stream that goes on and on: to many functions a point of yesterday is a late one.
class endless_stream {
 public:
  explicit endless_stream(const test::stream_shape& shape)
      : source_(shape), size_(std::max(points, shape.groups)) {}
  std::size_t size() const { return size_; }
  std::string next() {
    wire::output_buffer out;
    for (std::size_t i = 0; i < size_; ++i) source_.append_point(out, done_++);
    return std::string(out.view());
  }

 private:
  test::stream_source source_;
  std::size_t size_, done_ = 0;
};

void take_points(benchmark::State& state, const test::setting& s,
                 const test::stream_shape& wanted) {
  auto shape = wanted;
  if (s.reads("value1")) shape.fields = std::max<std::size_t>(2, shape.fields);
  endless_stream stream(shape);
  lone_function alone(test::ready_made(s.function), s.options);
  // Until windows are full and the memory has grown.
  for (int i = 0; i < 50; ++i) alone.take_points(decoded(stream.next()));
  for (auto _ : state) {
    state.PauseTiming();
    const decoded some(stream.next());
    state.ResumeTiming();
    alone.take_points(some);
  }
  report_time_per("point", state, stream.size());
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
