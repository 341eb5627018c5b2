#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "functions/aggregation/accumulator.hpp"
#include "functions/aggregation/aggregate.hpp"
#include "property/functions/aggregation_model.hpp"
#include "property/functions/reading.hpp"

// aggregate at its edges: of time, of numbers, of options.
namespace kapacitor::udf::aggregate_hard_cases_test {
namespace {

using std::chrono::nanoseconds;
using std::chrono::seconds;
using test::aggregate;
using test::at;
using test::second;
using test::start;

const std::vector<option> means = {
    {"period", {seconds(10)}}, {"aggregate", {"mean", "x"}}, {"aggregate", {"stddev", "x"}}};

TEST(Aggregate, EndsWithTheFirstPointAtOrBeyondTheEnd) {
  test::runner r(aggregate(), means);
  EXPECT_TRUE(r.feed(std::vector{at(start, 1.0), at(start + 10 * second - 1, 2)}).points.empty());
  auto out = r.feed(std::vector{at(start + 10 * second, 10.0)}).points;
  ASSERT_EQ(out.size(), 1u);
  EXPECT_EQ(out[0].time, start + 10 * second);
  EXPECT_EQ(out[0].number("x_mean"), 1.5);
  EXPECT_EQ(out[0].number("x_stddev"), std::sqrt(0.5));
  // A late point has missed its window; a single value has no deviation.
  out = r.feed(std::vector{at(start + 9 * second, 1e9), at(start + 20 * second, 0.0)}).points;
  ASSERT_EQ(out.size(), 1u);
  EXPECT_EQ(out[0].number("x_mean"), 10.0);
  EXPECT_EQ(out[0].find("x_stddev"), nullptr);
}

TEST(Aggregate, KeepsTheTagsOfTheGroupOnly) {
  test::runner r(aggregate(), means);
  test::point p{.tags = {{"host", "a"}, {"cpu", "3"}},
                .fields = {{"x", 1.0}},
                .time = start,
                .group_by = std::vector<std::string>{"host"}};
  auto q = p;
  q.time += 10 * second;
  const auto out = r.feed(std::vector{p, q}).points;
  ASSERT_EQ(out.size(), 1u);
  EXPECT_EQ(out[0].tags, (std::vector<std::pair<std::string, std::string>>{{"host", "a"}}));
}

TEST(Aggregate, SkipsAGapOfYears) {
  const std::vector<option> sliding = {
      {"period", {seconds(10)}}, {"every", {seconds(1)}}, {"aggregate", {"count", "x"}}};
  test::runner r(aggregate(), sliding);
  constexpr std::int64_t years = std::int64_t{100} * 365 * 86'400 * second;
  r.feed(std::vector{at(-years, 1.0)});
  EXPECT_EQ(r.feed(std::vector{at(0, 1.0)}).points.size(), 10u);
  EXPECT_EQ(r.feed(std::vector{at(years, 1.0)}).points.size(), 10u);
  EXPECT_TRUE(r.feed(std::vector{at(0, 1.0)}).points.empty());
}

TEST(Aggregate, IsAlignedToTheEpochBeforeItToo) {
  test::runner r(aggregate(), {{"period", {seconds(10)}}, {"aggregate", {"count", "x"}}});
  const auto out = r.feed(std::vector{at(-11 * second, 1), at(-10 * second, 1), at(-1, 1), at(0, 1),
                                      at(10 * second, 1)});
  std::vector<std::pair<std::int64_t, double>> got;
  for (const auto& p : out.points) got.emplace_back(p.time / second, *p.number("x_count"));
  EXPECT_EQ(got, (std::vector<std::pair<std::int64_t, double>>{{-10, 1}, {0, 2}, {10, 1}}));
}

TEST(Aggregate, TakesTheFirstAndLastTimesThereAre) {
  constexpr auto least = std::numeric_limits<std::int64_t>::min();
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  for (const auto grace :
       {nanoseconds(0), nanoseconds(5'000), nanoseconds(std::int64_t{10} * 3600 * second)}) {
    test::runner r(aggregate(), {{"period", {seconds(3600)}},
                                 {"every", {seconds(3600)}},
                                 {"grace", {grace}},
                                 {"aggregate", {"sum", "x"}}});
    const auto out = r.feed(std::vector{at(least, 1.0), at(least + 1, 2.0), at(0, 4.0),
                                        at(most, 8.0), at(most, 8.0), at(least, 1.0)});
    EXPECT_EQ(out.error, "");
    ASSERT_EQ(out.points.size(), 2u);
    EXPECT_EQ(out.points[0].number("x_sum"), 3.0);
    EXPECT_EQ(out.points[1].number("x_sum"), 4.0);
  }
}

TEST(Aggregate, ForgetsHugeValuesWithTheirPane) {
  test::runner r(aggregate(), {{"period", {seconds(10)}},
                               {"every", {seconds(5)}},
                               {"aggregate", {"sum", "x"}},
                               {"aggregate", {"variance", "x"}},
                               {"aggregate", {"max", "x"}}});
  std::vector<test::point> points;
  for (int i = 0; i < 40; ++i) points.push_back(at(start + i * second, i % 2 ? 0.25 : 0.75));
  points[11] = at(start + 11 * second, 1e308);
  points[12] = at(start + 12 * second, 1e308);
  points[21] = at(start + 21 * second, 1e12);
  const auto out = r.feed(points).points;
  ASSERT_EQ(out.size(), 7u);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const bool beyond = i == 2 || i == 3;  // windows that end at 15 and 20
    EXPECT_EQ(out[i].find("x_sum") == nullptr, beyond) << i;
    EXPECT_EQ(out[i].find("x_variance") == nullptr, beyond) << i;
    EXPECT_EQ(out[i].number("x_max") == 1e308, beyond) << i;
  }
  EXPECT_EQ(out[4].number("x_sum"), 1e12 + 9 * 0.5 + 0.25);
  EXPECT_EQ(out[6].number("x_sum"), 5.0);
  EXPECT_NEAR(*out[6].number("x_variance"), 0.0625 * 10 / 9, 1e-16);
}

TEST(Aggregate, OfAMillionValuesFarFromZeroIsExact) {
  test::sample random(3);
  functions::accumulator whole, part;
  long double sum = 0, squares = 0;
  constexpr int n = 1'000'000;
  for (int i = 0; i < n; ++i) {
    const double x = 1e9 + random.part();
    part.add(i, x, true);
    if (i % 1000 == 999) {
      whole.merge(part);
      part = {};
    }
    const long double away = x - 1e9L;
    sum += away;
    squares += away * away;
  }
  const auto mean = 1e9L + sum / n;
  const auto variance = (squares - sum * sum / n) / (n - 1);
  EXPECT_NEAR(whole.sum() / n, static_cast<double>(mean), 1e-15 * 1e9);
  EXPECT_NEAR(whole.variance(), static_cast<double>(variance), 1e-11);
}

TEST(Aggregate, HasManyGroups) {
  test::runner r(aggregate(), means);
  constexpr int groups = 100'000;
  std::vector<test::point> points;
  for (int i = 0; i < groups + 1'000; ++i) {
    auto p = at(start + (i < groups ? 0 : 10 * second), i % groups);
    p.tags = {{"host", std::to_string(i % groups)}};
    points.push_back(std::move(p));
  }
  const auto out = r.feed(points).points;
  ASSERT_EQ(out.size(), 1'000u);
  for (std::size_t i = 0; i < out.size(); ++i) {
    ASSERT_EQ(out[i].number("x_mean"), static_cast<double>(i));
  }
}

TEST(Aggregate, SaysWhatIsWrongWithItsOptions) {
  const auto error = [](const std::vector<option>& options) {
    return test::problem_of(aggregate(), options);
  };
  const option period{"period", {seconds(10)}}, mean{"aggregate", {"mean", "x"}};
  EXPECT_EQ(error({mean}), "a length is needed: .period(duration) or .months(count)");
  EXPECT_EQ(error({period}), "at least one .aggregate('mean', 'field') is needed");
  EXPECT_EQ(error({period, {"aggregate", {"mode", "x"}}}),
            "aggregate must be one of 'count', 'sum', 'mean', 'min', 'max', 'spread', 'range', "
            "'first', 'last', 'stddev', 'variance', 'median' or a percentile from 'p0' to 'p100' "
            "such as 'p99.9', got 'mode'");
  EXPECT_EQ(error({period, {"every", {seconds(3)}}, mean, mean}),
            "period must be a multiple of every, got period 10s and every 3s; two aggregates are "
            "named 'x_mean'; .aggregateAs('mean', 'field', 'name') gives another name");
  EXPECT_EQ(error({period, {"every", {seconds(20)}}, mean}),
            "period must be a multiple of every, got period 10s and every 20s");
  EXPECT_EQ(error({period, {"every", {nanoseconds(10)}}, mean}),
            "every must be at least 1u, got 10ns");
  EXPECT_EQ(error({period, {"every", {nanoseconds(100'000)}}, mean}),
            "every must be at least a 10000th of period and of grace, got every 100u, period 10s "
            "and grace 0s");
  EXPECT_EQ(error({period, {"aggregate", {"mean", ""}}}),
            "aggregate 'mean' needs a field and a name that are not empty");
  std::vector<option> many = {period};
  for (int i = 0; i < 65; ++i) many.push_back({"aggregate", {"mean", "x" + std::to_string(i)}});
  EXPECT_EQ(error(many), "at most 64 aggregates are possible, got 65");
}

}  // namespace
}  // namespace kapacitor::udf::aggregate_hard_cases_test
