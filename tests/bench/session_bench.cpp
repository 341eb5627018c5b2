#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

#include <udf.pb.h>

#include <agent/session.hpp>
#include <functions/registry.hpp>
#include <support/streams.hpp>
#include <wire/point_codec.hpp>

// The cost of a point inside the agent: no socket, no kernel.
namespace kapacitor::udf {
namespace {

function named(const std::string& name) {
  for (auto& f : functions::all()) {
    if (f.name == name) return f;
  }
  throw std::invalid_argument(name);
}

std::string framed(const ::agent::Request& request) {
  wire::output_buffer out;
  wire::append_frame(out, request.SerializeAsString(), wire::default_max_message);
  return std::string(out.view());
}

std::string init_for(const std::string& name) {
  ::agent::Request request;
  auto& init = *request.mutable_init();
  const auto add = [&](const std::string& option_name) {
    auto& o = *init.add_options();
    o.set_name(option_name);
    return o.add_values();
  };
  if (name == "moving_average" || name == "ewma") {
    auto* v = add("field");
    v->set_type(::agent::STRING);
    v->set_stringvalue("value");
  }
  if (name == "moving_average") {
    auto* v = add("size");
    v->set_type(::agent::INT);
    v->set_intvalue(10);
  }
  return framed(request);
}

/// Feeds in pieces as large as a socket gives.
void feed(agent::session& s, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto room = s.prepare();
    const auto n = std::min(room.size(), bytes.size());
    std::memcpy(room.data(), bytes.data(), n);
    s.commit(n);
    bytes.remove_prefix(n);
    for (bool more = true; more;) {
      more = s.process();
      benchmark::DoNotOptimize(s.output().data());
      s.consume_output(s.output().size());
    }
  }
}

void run_function(benchmark::State& state, const std::string& name, test::stream_shape shape) {
  const auto f = named(name);
  agent::session s(f, {}, {});
  feed(s, init_for(name));
  const std::size_t points = std::max<std::size_t>(10'000, shape.groups);
  const auto stream = test::encoded_stream(shape, points);
  feed(s, stream);
  for (auto _ : state) feed(s, stream);
  const auto total = static_cast<double>(state.iterations()) * static_cast<double>(points);
  state.counters["time/point"] =
      benchmark::Counter(total, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
  if (s.failed()) state.SkipWithError("the session failed");
}

void decode_only(benchmark::State& state) {
  const auto stream = test::encoded_stream({}, 10'000);
  point p;
  for (auto _ : state) {
    for (std::string_view left = stream; !left.empty();) {
      const auto frame = *wire::first_frame(left, wire::default_max_message);
      wire::point_decoder::decode(wire::open_envelope(frame.message).body, p);
      benchmark::DoNotOptimize(p.time());
      left.remove_prefix(frame.size);
    }
  }
  state.counters["time/point"] =
      benchmark::Counter(static_cast<double>(state.iterations()) * 1e4,
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

BENCHMARK(decode_only);
BENCHMARK_CAPTURE(run_function, identity, "identity", {});
BENCHMARK_CAPTURE(run_function, ewma, "ewma", {});
BENCHMARK_CAPTURE(run_function, moving_average, "moving_average", {});
BENCHMARK_CAPTURE(run_function, moving_average_10_tags_10_fields, "moving_average", {100, 10, 10});
BENCHMARK_CAPTURE(run_function, moving_average_100k_groups, "moving_average", {100'000, 3, 1});

}  // namespace
}  // namespace kapacitor::udf

BENCHMARK_MAIN();
