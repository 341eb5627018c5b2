// Walks one hot path for instructions.sh, which counts its instructions under callgrind.
//
//     instructions --list       the paths' names
//     instructions --built      by what it was built
//     instructions PATH         walks it, and prints how many points (groups, messages) those were
//
// What comes before is not counted: everything is set up and walked once, so that groups are
// known, buffers have grown and functions of shared libraries are bound.
#include <cstdio>
#include <exception>
#include <functional>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include <valgrind/callgrind.h>

#include "bench/workload.hpp"
#include "support/played.hpp"

namespace {

using namespace kapacitor::udf;

struct work {
  std::size_t pieces;
  std::function<void()> walk;
};

constexpr std::size_t points = 10'000;

work decode() {
  return {points, [stream = test::encoded_stream({}, points), p = point()]() mutable {
            bench::for_each_body(
                stream, [&](const wire::envelope& e) { wire::point_decoder::decode(e.body, p); });
          }};
}

work encode() {
  const auto read = std::make_shared<bench::decoded>(test::encoded_stream({}, 1));
  const auto again = std::make_shared<bench::point_again>(read->points.at(0));
  const auto out = std::make_shared<wire::output_buffer>();
  return {points, [read, again, out] {
            for (std::size_t i = 0; i < points; ++i) again->append_like(*out);
            out->clear();
          }};
}

std::shared_ptr<test::played> session_with(std::string_view name) {
  const auto f = bench::plain_function(name);
  return std::make_shared<test::played>(f, bench::options_for(f));
}

work session(std::string_view name, const test::stream_shape& shape = {}) {
  return {points, [s = session_with(name), stream = test::encoded_stream(shape, points)] {
            s->feed(stream);
          }};
}

/// A moving_average that knows that number of groups, their windows full.
std::shared_ptr<test::played> session_of(std::size_t groups) {
  auto s = session_with("moving_average");
  s->feed(test::frame_of(test::restore_request(bench::snapshot_of(groups))));
  return s;
}

work many_groups() {
  constexpr std::size_t groups = 100'000;
  return {points, [s = session_of(groups),
                   stream = test::encoded_stream({.groups = groups, .shuffled = true}, points)] {
            s->feed(stream);
          }};
}

work batches(std::string_view name) {
  constexpr std::size_t size = 1'000;
  return {points, [s = session_with(name), b = test::encoded_batches({}, points / size, size)] {
            s->feed(b);
          }};
}

work small_pieces() {
  return {points, [s = session_with("moving_average"), stream = test::encoded_stream({}, points)] {
            s->feed_in_small_pieces(stream);
          }};
}

work snapshot() {
  constexpr std::size_t groups = 10'000;
  return {groups, [s = session_of(groups), request = test::frame_of(test::snapshot_request())] {
            s->feed(request);
          }};
}

work restore() {
  constexpr std::size_t groups = 10'000;
  const auto request = test::restore_request(bench::snapshot_of(groups));
  return {groups, [s = session_of(groups), frame = test::frame_of(request)] { s->feed(frame); }};
}

work keepalive() {
  constexpr std::size_t requests = 1'000;
  return {requests,
          [s = session_with("moving_average"), frame = test::frame_of(test::keepalive_request(1))] {
            for (std::size_t i = 0; i < requests; ++i) s->feed(frame);
          }};
}

const struct {
  std::string_view name;
  work (*prepare)();
} paths[] = {
    {"decode", decode},
    {"encode", encode},
    {"session/identity", [] { return session("identity"); }},
    {"session/ewma", [] { return session("ewma"); }},
    {"session/moving_average", [] { return session("moving_average"); }},
    {"session/moving_average/10_tags_10_fields",
     [] { return session("moving_average", bench::ten_tags_ten_fields); }},
    {"session/moving_average/100000_groups", many_groups},
    {"session/moving_average/small_pieces", small_pieces},
    {"session/identity_batch", [] { return batches("identity_batch"); }},
    {"session/outliers", [] { return batches("outliers"); }},
    {"session/snapshot", snapshot},
    {"session/restore", restore},
    {"session/keepalive", keepalive},
};

work prepare(std::string_view name) {
  for (const auto& path : paths) {
    if (path.name == name) return path.prepare();
  }
  throw std::invalid_argument("no path " + std::string(name));
}

void count(const work& w) {
  w.walk();
  CALLGRIND_START_INSTRUMENTATION;
  w.walk();
  CALLGRIND_STOP_INSTRUMENTATION;
  std::printf("%zu\n", w.pieces);
}

void run(std::string_view what) {
  if (what == "--list") {
    for (const auto& path : paths) std::cout << path.name << '\n';
  } else if (what == "--built") {
    std::cout << "g++ " __VERSION__ ", " KAPACITOR_UDF_BUILT_WITH "\n";
  } else {
    count(prepare(what));
  }
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc != 2) throw std::invalid_argument("usage: instructions --list|--built|PATH");
    run(argv[1]);
    return 0;
  } catch (const std::exception& problem) {
    std::cerr << "instructions: " << problem.what() << std::endl;
    return 2;
  }
}
