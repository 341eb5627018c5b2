#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>

#include "bench/workload.hpp"
#include "support/ready_made.hpp"

// Whether functions drift: stability [POINTS] feeds each 10^9 points (or so many) around 10^9, and
// compares what it says of the last 10,000 with what a fresh one says of them.
namespace kapacitor::udf::bench {
namespace {

constexpr std::size_t block = 10'000;

const std::vector<test::setting>& settings() {
  static const std::vector<test::setting> all = {
      {.function = "moving_average", .options = {{"field", {"value"}}, {"size", {1000}}}},
      {.function = "ewma", .options = {{"field", {"value"}}, {"alpha", {0.01}}, {"stddev", {}}}},
      {.function = "moving_stats",
       .options = {{"field", {"value"}},
                   {"size", {1000}},
                   {"statistic", {"mean"}},
                   {"statistic", {"stddev"}},
                   {"statistic", {"skew"}},
                   {"statistic", {"slope"}}}},
      {.function = "outlier_score", .options = {{"field", {"value"}}, {"size", {1000}}}},
      {.function = "correlate", .options = {{"x", {"value"}}, {"y", {"value1"}}, {"size", {1000}}}},
  };
  return all;
}

/// The largest difference of each field, as a part of its largest value.
std::map<std::string, double> differences(const std::string& got, const std::string& expected) {
  const decoded one(got), other(expected);
  std::map<std::string, double> largest, difference;
  for (std::size_t i = 0; i < other.points.size(); ++i) {
    for (const auto& f : other.points[i].fields()) {
      const std::string name(f.name);
      const auto x = one.points.at(i).number(f.name), y = f.value.number();
      if (!y) continue;
      largest[name] = std::max(largest[name], std::abs(*y));
      difference[name] = std::max(difference[name], x ? std::abs(*x - *y) : HUGE_VAL);
    }
  }
  for (auto& [name, d] : difference) {
    if (d > 0) d /= largest[name];
  }
  return difference;
}

void measure(const test::setting& s, std::size_t points) {
  const auto f = test::ready_made(s.function);
  const decoded stream(
      test::encoded_stream({.groups = 1, .tags = 1, .fields = 2, .offset = 1e9}, block));
  lone_function old(f, s.options), fresh(f, s.options);
  for (std::size_t done = 0; done + block < points; done += block) old.take_points(stream);
  fresh.take_points(stream);
  const auto answers = old.answers_to(stream);
  for (const auto& [name, d] : differences(answers, fresh.answers_to(stream))) {
    std::printf("%-16s%-24s%.1e\n", s.function.c_str(), name.c_str(), d);
  }
}

}  // namespace
}  // namespace kapacitor::udf::bench

int main(int argc, char** argv) {
  using namespace kapacitor::udf::bench;
  const double points = argc > 1 ? std::atof(argv[1]) : 1e9;
  std::printf(
      "after %.0f points around 1e9: largest difference to a fresh function, as a part of the "
      "largest value\n",
      points);
  for (const auto& s : settings()) measure(s, static_cast<std::size_t>(points));
}
