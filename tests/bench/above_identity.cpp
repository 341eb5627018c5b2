#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include "bench/workload.hpp"
#include "support/ready_made.hpp"

// What each function costs beyond `identity`: above_identity [FUNCTION...]. Both take the same
// points in turn, a thousand at a time, and the medians of those rounds are compared: a processor
// that changes its pace, as that of a shared machine does, changes it for both.
namespace kapacitor::udf::bench {
namespace {

constexpr std::size_t block = 1'000, rounds = 2'000;

/// ns per point.
double time_of(lone_function& f, const std::string& points) {
  const decoded some(points);
  const auto begin = std::chrono::steady_clock::now();
  f.take_points(some);
  const auto taken = std::chrono::steady_clock::now() - begin;
  return std::chrono::duration<double, std::nano>(taken).count() / block;
}

double median(std::vector<double> x) {
  const auto middle = x.begin() + static_cast<std::ptrdiff_t>(x.size() / 2);
  std::nth_element(x.begin(), middle, x.end());
  return *middle;
}

struct cost {
  double identity, function;
};
cost measure(const test::setting& s, std::size_t groups) {
  const auto f = test::ready_made(s.function), identity = test::ready_made("identity");
  lone_function one(f, s.options), floor(identity, {});
  test::stream_source source({.groups = groups, .fields = s.reads("value1") ? 2u : 1u});
  // Until every group has had a hundred points or at least ten.
  const std::size_t before = (groups == 100 ? 100u : 10u) * groups / block;
  std::size_t done = 0;
  std::vector<double> ones, floors;
  for (std::size_t round = 0; round < before + rounds; ++round) {
    wire::output_buffer out;
    for (std::size_t i = 0; i < block; ++i) source.append_point(out, done++);
    const std::string points(out.view());
    const double a = time_of(one, points), b = time_of(floor, points);
    if (round < before) continue;
    ones.push_back(a);
    floors.push_back(b);
  }
  return {median(floors), median(ones)};
}

void report(const test::setting& s) {
  std::printf("%-30s", s.name().c_str());
  for (const std::size_t groups : {100u, 100'000u}) {
    const auto [identity, function] = measure(s, groups);
    std::printf("  %6.0f  %+6.0f", function, function - identity);
  }
  std::printf("\n");
  std::fflush(stdout);
}

}  // namespace
}  // namespace kapacitor::udf::bench

int main(int argc, char** argv) {
  using namespace kapacitor::udf;
  const std::vector<std::string> wanted(argv + 1, argv + argc);
  const auto is_wanted = [&](const test::setting& s) {
    return wanted.empty() || std::find(wanted.begin(), wanted.end(), s.function) != wanted.end();
  };
  std::printf("ns per point, and beyond identity; 100 groups, then 100,000\n");
  for (const auto& s : test::ready_made_settings()) {
    if (!s.measured || !is_wanted(s) || test::ready_made(s.function).wants != edge::stream)
      continue;
    bench::report(s);
  }
}
