#include <algorithm>
#include <cmath>
#include <memory>
#include <numbers>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "functions/aggregation/aggregate.hpp"
#include "property/functions/aggregation_model.hpp"

// The percentiles of aggregate against all values in order.
namespace kapacitor::udf::aggregate_percentiles_test {
namespace {

using std::chrono::seconds;
using test::aggregate;
using test::at;
using test::second;
using test::start;

std::vector<option> options_of(std::int64_t period, std::int64_t every) {
  return {
      {"period", {seconds(period)}}, {"every", {seconds(every)}},   {"aggregate", {"median", "x"}},
      {"aggregate", {"p95", "x"}},   {"aggregate", {"p99.9", "x"}}, {"aggregate", {"p0", "x"}},
      {"aggregate", {"p100", "x"}},  {"aggregate", {"p50", "y"}},   {"aggregate", {"count", "x"}}};
}

/// Interpolated linearly between ranks.
double exact(std::vector<double> all, double part) {
  std::sort(all.begin(), all.end());
  const double rank = part * static_cast<double>(all.size() - 1);
  const auto low = static_cast<std::size_t>(rank);
  const auto high = std::min(low + 1, all.size() - 1);
  return all[low] + (all[high] - all[low]) * (rank - static_cast<double>(low));
}

/// How far the rank of x is from that of the part, as a part of all values.
double off(const std::vector<double>& all, double part, double x) {
  const auto below = std::count_if(all.begin(), all.end(), [&](double v) { return v < x; });
  const auto up_to = std::count_if(all.begin(), all.end(), [&](double v) { return v <= x; });
  const double n = static_cast<double>(all.size()), rank = part * n;
  return std::max({0.0, static_cast<double>(below) - rank, rank - static_cast<double>(up_to)}) / n;
}

struct windows {
  std::int64_t period, every;
  std::size_t values;  // a pane
};

/// Feeds windows of values, with snapshots in between; compares each with all its values.
template <class Check>
void compare(const windows& w, std::uint64_t seed, Check check) {
  test::sample random(seed);
  auto r = std::make_unique<test::runner>(aggregate(), options_of(w.period, w.every));
  std::vector<std::vector<double>> panes;
  for (int pane = 0; pane < 30; ++pane) {
    panes.emplace_back();
    std::vector<test::point> points;
    for (std::size_t i = 0; i < w.values; ++i) {
      const double x = random.one_in(3) ? std::exp(5 * random.part()) : random.part() + pane;
      panes.back().push_back(x);
      points.push_back(at(
          start + pane * w.every * second +
              static_cast<std::int64_t>(random.below(static_cast<std::size_t>(w.every * second))),
          x));
    }
    const auto out = r->feed(points);
    ASSERT_EQ(out.error, "");
    ASSERT_EQ(out.points.size(), pane > 0 ? 1u : 0u);
    if (pane == 0) continue;
    std::vector<double> all;
    for (auto k = std::max<std::int64_t>(0, pane - w.period / w.every); k < pane; ++k) {
      const auto& of = panes[static_cast<std::size_t>(k)];
      all.insert(all.end(), of.begin(), of.end());
    }
    ASSERT_EQ(out.points[0].number("x_count"), static_cast<double>(all.size()));
    EXPECT_EQ(out.points[0].find("y_p50"), nullptr);
    for (const auto& [name, part] : {std::pair{"x_median", 0.5},
                                     {"x_p95", 0.95},
                                     {"x_p99.9", 0.999},
                                     {"x_p0", 0.0},
                                     {"x_p100", 1.0}}) {
      SCOPED_TRACE(name);
      ASSERT_TRUE(out.points[0].number(name));
      ASSERT_NO_FATAL_FAILURE(check(all, part, *out.points[0].number(name)));
    }
    const auto saved = r->snapshot();
    r = std::make_unique<test::runner>(aggregate(), options_of(w.period, w.every));
    ASSERT_EQ(r->restore(saved), "");
  }
}

TEST(AggregatePercentiles, AreExactUpTo800ValuesAPane) {
  const auto equals = [](const auto& all, double part, double x) {
    const double is = exact(all, part);
    ASSERT_NEAR(x, is, 1e-12 * (1 + std::abs(is)));
  };
  compare({10, 10, 1}, 1, equals);
  compare({10, 10, 800}, 2, equals);
  compare({50, 10, 800}, 3, equals);
  compare({100, 2, 17}, 4, equals);
}

/// Half of what a mean may stand for, at most; a little more between two of them.
TEST(AggregatePercentiles, AreOffByLittleBeyond) {
  double most = 0;
  const auto is_near = [&](const auto& all, double part, double x) {
    const double bound = std::numbers::pi * std::sqrt(part * (1 - part)) / 200;
    const double by = off(all, part, x);
    most = std::max(most, by);
    ASSERT_LE(by, bound + 1e-12);
  };
  compare({10, 10, 20'000}, 5, is_near);
  compare({50, 10, 5'000}, 6, is_near);
  compare({20, 2, 1'000}, 7, is_near);
  EXPECT_LT(most, 0.004);
}

TEST(AggregatePercentiles, ForgetThePanesThatHaveLeft) {
  test::runner r(aggregate(), options_of(20, 10));
  r.feed(std::vector{at(start, 1e9), at(start + 10 * second, 1.0), at(start + 20 * second, 2.0)});
  const auto out = r.feed(std::vector{at(start + 30 * second, 0.0)});
  ASSERT_EQ(out.points.size(), 1u);
  EXPECT_EQ(out.points[0].number("x_p100"), 2.0);
  EXPECT_EQ(out.points[0].number("x_median"), 1.5);
}

TEST(AggregatePercentiles, SayWhatIsWrong) {
  for (const char* what : {"p", "p101", "p-1", "p9x", "percentile", "p1e1"}) {
    EXPECT_EQ(test::problem_of(aggregate(), {{"period", {seconds(1)}}, {"aggregate", {what, "x"}}}),
              "aggregate must be one of 'count', 'sum', 'mean', 'min', 'max', 'spread', 'range', "
              "'first', 'last', 'stddev', 'variance', 'median' or a percentile from 'p0' to 'p100' "
              "such as 'p99.9', got '" +
                  std::string(what) + "'");
  }
  EXPECT_EQ(test::problem_of(aggregate(), options_of(10'000, 1)),
            "every must be at least a 1000th of period with percentiles, got every 1s and period "
            "2h46m40s");
}

}  // namespace
}  // namespace kapacitor::udf::aggregate_percentiles_test
