#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <udf.pb.h>

#include "bench/report.hpp"
#include "bench/workload.hpp"

// A point between bytes and views, by our codec and by libprotobuf: the same messages.
namespace kapacitor::udf::bench {
namespace {

constexpr std::size_t points = 1'000;

void frames(benchmark::State& state, const std::string& stream) {
  for (auto _ : state) {
    std::string_view left = stream;
    while (const auto frame = wire::first_frame(left, wire::default_max_message)) {
      benchmark::DoNotOptimize(frame->message.data());
      left.remove_prefix(frame->size);
    }
  }
  report_time_per("point", state, points);
}

void decode(benchmark::State& state, const std::string& stream) {
  point p;
  for (auto _ : state) {
    for_each_body(stream, [&](const wire::envelope& e) {
      wire::point_decoder::decode(e.body, p);
      benchmark::DoNotOptimize(p.time());
    });
  }
  report_time_per("point", state, points);
}

void decode_libprotobuf(benchmark::State& state, const std::string& stream) {
  ::agent::Request request;
  for (auto _ : state) {
    std::string_view left = stream;
    while (const auto frame = wire::first_frame(left, wire::default_max_message)) {
      request.ParseFromArray(frame->message.data(), static_cast<int>(frame->message.size()));
      benchmark::DoNotOptimize(request.point().time());
      left.remove_prefix(frame->size);
    }
  }
  report_time_per("point", state, points);
}

/// Writes the stream's first point again and again.
template <class Append>
void encode(benchmark::State& state, const std::string& stream, Append append) {
  const decoded read(stream);
  const point_again again(read.points.at(0));
  wire::output_buffer out;
  for (auto _ : state) {
    for (std::size_t i = 0; i < points; ++i) append(again, out);
    benchmark::DoNotOptimize(out.view().data());
    out.clear();
  }
  report_time_per("point", state, points);
}

void encode_like(benchmark::State& state, const std::string& stream) {
  encode(state, stream,
         [](const point_again& again, wire::output_buffer& out) { again.append_like(out); });
}

void encode_own(benchmark::State& state, const std::string& stream) {
  encode(state, stream,
         [](const point_again& again, wire::output_buffer& out) { again.append_own(out); });
}

/// Only the writing: that the message would have to be put together first is not counted.
void encode_libprotobuf(benchmark::State& state, const std::string& stream) {
  ::agent::Request request;
  const auto frame = wire::first_frame(stream, wire::default_max_message);
  request.ParseFromArray(frame->message.data(), static_cast<int>(frame->message.size()));
  wire::output_buffer out;
  for (auto _ : state) {
    for (std::size_t i = 0; i < points; ++i) {
      const auto size = request.ByteSizeLong();
      request.SerializeWithCachedSizesToArray(reinterpret_cast<std::uint8_t*>(out.grow(size)));
      out.advance(size);
    }
    benchmark::DoNotOptimize(out.view().data());
    out.clear();
  }
  report_time_per("point", state, points);
}

/// The points of a batch without its begin and end.
std::string batch_points() {
  const auto batch = test::encoded_batches({}, 1, points);
  constexpr auto wanted = wire::message_kind::point;
  std::string result;
  std::string_view left = batch;
  while (const auto frame = wire::first_frame(left, wire::default_max_message)) {
    if (wire::open_envelope(frame->message).kind == wanted) result += left.substr(0, frame->size);
    left.remove_prefix(frame->size);
  }
  return result;
}

void register_all() {
  const std::pair<const char*, std::string> streams[] = {
      {"3_tags_1_field", test::encoded_stream({}, points)},
      {"10_tags_10_fields", test::encoded_stream(ten_tags_ten_fields, points)},
      {"4_fields_of_4_types", test::encoded_stream({.fields = 4, .mixed = true}, points)},
      {"of_a_batch", batch_points()}};
  constexpr std::pair<const char*, void (*)(benchmark::State&, const std::string&)> measures[] = {
      {"frames", frames},
      {"decode", decode},
      {"decode_libprotobuf", decode_libprotobuf},
      {"encode_like", encode_like},
      {"encode_own", encode_own},
      {"encode_libprotobuf", encode_libprotobuf}};
  for (const auto& [shape, stream] : streams) {
    for (const auto& [what, measure] : measures) {
      benchmark::RegisterBenchmark((std::string(what) + "/" + shape).c_str(), measure, stream);
    }
  }
}

}  // namespace
}  // namespace kapacitor::udf::bench

int main(int argc, char** argv) {
  kapacitor::udf::bench::register_all();
  return kapacitor::udf::bench::run_registered(argc, argv);
}
