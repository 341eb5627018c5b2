#include "functions/aggregation/cardinality.hpp"

#include <cmath>
#include <limits>
#include <set>

#include <gtest/gtest.h>

#include "functions/aggregation/value_hash.hpp"
#include "property/functions/aggregation_model.hpp"

// cardinality against sets.
namespace kapacitor::udf::cardinality_test {
namespace {

using std::chrono::seconds;
using test::second;
using test::start;

function cardinality() {
  return make_function<functions::cardinality>("cardinality");
}

/// Of values "v0" to "v..." or a number, missing now and then.
void compare(const std::vector<option>& options, std::size_t values, double tolerance) {
  test::compare_reports<std::string>(
      cardinality(), options, 10 * second, values,
      [&](test::sample& random, test::point& p) {
        if (random.one_in(10)) return;
        p.fields.emplace_back("x", "v" + std::to_string(random.below(values)));
      },
      [](const test::point& p) {
        return p.fields.empty() ? std::nullopt
                                : std::optional(std::get<std::string>(p.fields[0].second));
      },
      [&](const auto& points, std::size_t& next, const auto& counted) {
        const auto exact =
            static_cast<double>(std::set<std::string>(counted.begin(), counted.end()).size());
        ASSERT_NEAR(*points[next++].number("cardinality"), exact, tolerance * exact);
      });
}

TEST(Cardinality, IsExactOfFewAndNearOfMany) {
  const option field{"field", {"x"}}, every{"every", {seconds(10)}};
  const option per_task{"perTask", {}}, cumulative{"cumulative", {}};
  compare({field, every}, 200, 0);
  compare({field, every, per_task}, 256, 0);
  compare({field, every, {"precision", {16}}}, 100'000, 0.02);
  compare({field, every, cumulative}, 100'000, 0.08);
  compare({field, every, per_task, cumulative, {"precision", {8}}}, 100'000, 0.3);
}

/// Standard errors of the estimate at several sizes, of many sets.
TEST(Cardinality, HasTheErrorOfTheory) {
  for (const int precision : {4, 8, 12}) {
    const double theory = 1.04 / std::sqrt(std::pow(2, precision));
    for (const std::size_t n : {std::size_t{100}, std::size_t{5'000}, std::size_t{40'000}}) {
      constexpr std::size_t sets = 100;
      double bias = 0, squares = 0;
      for (std::size_t set = 0; set < sets; ++set) {
        functions::hyperloglog sketch(precision);
        for (std::size_t i = 0; i < n; ++i) {
          sketch.add(functions::hash_of(static_cast<std::int64_t>(i + set * n)));
        }
        const double error = sketch.estimate() / static_cast<double>(n) - 1;
        bias += error / static_cast<double>(sets);
        squares += error * error / static_cast<double>(sets);
      }
      EXPECT_LT(std::sqrt(squares), 1.4 * theory) << precision << " " << n;
      EXPECT_LT(std::abs(bias), 4 * theory / std::sqrt(static_cast<double>(sets)))
          << precision << " " << n;
    }
  }
}

double count_of(const std::vector<test::field_value>& values, const std::string& from = "field") {
  test::runner r(cardinality(), {{from, {"x"}}, {"every", {seconds(10)}}});
  std::vector<test::point> points;
  for (const auto& v : values) points.push_back({.fields = {{"x", v}}, .time = start});
  points.push_back({.fields = {{"x", 1}}, .time = start + 10 * second});
  const auto out = r.feed(points).points;
  return out.empty() ? 0 : *out.at(0).number("cardinality");
}

TEST(Cardinality, TellsValuesApartByTypeAndNumber) {
  constexpr std::int64_t beyond = std::int64_t{1} << 53;
  EXPECT_EQ(count_of({1, 1.0, 1}), 1);
  EXPECT_EQ(count_of({0.0, -0.0, 0}), 1);
  EXPECT_EQ(count_of({1, "1", true}), 3);
  EXPECT_EQ(count_of({beyond, beyond + 1, static_cast<double>(beyond)}), 2);
  EXPECT_EQ(count_of({1.5, 1e300, -1e300, 5e-324, 0x1p63}), 5);
  EXPECT_EQ(count_of({"", "a", std::string(1000, 'a'), std::string(1001, 'a')}), 4);
  EXPECT_EQ(count_of({std::nan(""), std::numeric_limits<double>::infinity()}), 0);
  EXPECT_EQ(count_of({1, 2, 3}, "tag"), 0);
}

TEST(Cardinality, HashesAsSnapshotsOfOtherMachinesDo) {
  EXPECT_EQ(functions::stable_hash(""), 0xfadc70aaed5ae68fu);
  EXPECT_EQ(functions::stable_hash("server01"), 0xb04dcc34bfa16971u);
  EXPECT_EQ(functions::stable_hash("a text of more than sixteen bytes"), 0xdbb40aacd1118026u);
  EXPECT_EQ(functions::hash_of(42), 0x8d9c787242830a36u);
  EXPECT_EQ(functions::hash_of(0.1), 0xfc5fedb7f0832f3bu);
}

TEST(Cardinality, OfTheFirstAndLastTimesThereAre) {
  constexpr auto least = std::numeric_limits<std::int64_t>::min();
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  test::runner r(cardinality(), {{"field", {"x"}}, {"every", {seconds(10)}}});
  std::vector<std::int64_t> times;
  const auto out = r.feed(std::vector<test::point>{{.fields = {{"x", 1}}, .time = least},
                                                   {.fields = {{"x", 1}}, .time = 5},
                                                   {.fields = {{"x", 1}}, .time = most},
                                                   {.fields = {{"x", 1}}, .time = 5}});
  EXPECT_EQ(out.error, "");
  for (const auto& p : out.points) times.push_back(p.time);
  EXPECT_EQ(times, (std::vector{least / (10 * second) * 10 * second, 10 * second}));
}

TEST(Cardinality, SaysWhatIsWrongWithItsOptions) {
  const auto error = [](const std::vector<option>& options) {
    return test::problem_of(cardinality(), options);
  };
  const option every{"every", {seconds(10)}}, field{"field", {"x"}};
  EXPECT_EQ(error({field}), "every is required");
  EXPECT_EQ(error({field, {"every", {std::chrono::nanoseconds(1)}}}),
            "every must be at least 1u, got 1ns");
  EXPECT_EQ(error({every}),
            "whose values are to be counted: either .field('name') or .tag('name')");
  EXPECT_EQ(error({every, field, {"tag", {"x"}}}),
            "whose values are to be counted: either .field('name') or .tag('name'), not both");
  EXPECT_EQ(error({every, field, {"precision", {17}}}),
            "precision must be between 4 and 16, got 17");
}

}  // namespace
}  // namespace kapacitor::udf::cardinality_test
