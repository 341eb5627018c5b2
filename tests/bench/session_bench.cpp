#include <algorithm>
#include <string>

#include "bench/report.hpp"
#include "bench/workload.hpp"
#include "support/played.hpp"

// The cost of a point inside the agent, with every ready-made function: no socket, no kernel.
namespace kapacitor::udf::bench {
namespace {

constexpr std::size_t least_points = 10'000;
constexpr std::size_t batch_size = 1'000;

std::string encoded(const function& f, const test::stream_shape& shape, std::size_t points) {
  return f.wants == edge::stream ? test::encoded_stream(shape, points)
                                 : test::encoded_batches(shape, points / batch_size, batch_size);
}

/// The last one is kept: those of many groups take long to make.
const std::string& stream_for(const function& f, const test::stream_shape& shape,
                              std::size_t points) {
  static struct {
    edge wanted = {};
    test::stream_shape shape = {};
    std::string bytes = {};
  } kept;
  if (kept.bytes.empty() || kept.wanted != f.wants || kept.shape != shape) {
    kept.bytes.clear();
    kept = {f.wants, shape, encoded(f, shape, points)};
  }
  return kept.bytes;
}

void run_function(benchmark::State& state, const function& f, const test::stream_shape& shape) {
  const auto points = std::max(least_points, shape.groups);
  const auto& stream = stream_for(f, shape, points);
  test::played session(f, options_for(f));
  session.feed(stream);  // all groups are known then
  for (auto _ : state) session.feed(stream);
  report_time_per("point", state, points);
  if (session.failed()) state.SkipWithError("the session failed");
}

void register_for(edge wanted, const std::string& suffix, const test::stream_shape& shape) {
  for (const auto& f : plain_functions()) {
    if (f.wants != wanted) continue;
    benchmark::RegisterBenchmark((f.name + suffix).c_str(), run_function, f, shape)
        ->Unit(benchmark::kMillisecond);
  }
}

void register_all() {
  for (const std::size_t groups : {100u, 100'000u, 1'000'000u}) {
    const auto suffix = "/" + std::to_string(groups) + "_groups";
    register_for(edge::stream, suffix, {.groups = groups});
    register_for(edge::stream, suffix + "_in_random_order", {.groups = groups, .shuffled = true});
  }
  register_for(edge::stream, "/10_tags_10_fields", ten_tags_ten_fields);
  register_for(edge::batch, "/batches_of_1000", {});
  register_for(edge::batch, "/batches_of_1000_10_tags_10_fields", ten_tags_ten_fields);
}

}  // namespace
}  // namespace kapacitor::udf::bench

int main(int argc, char** argv) {
  kapacitor::udf::bench::register_all();
  return kapacitor::udf::bench::run_registered(argc, argv);
}
