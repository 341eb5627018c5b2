#include <cmath>
#include <limits>
#include <set>

#include <gtest/gtest.h>

#include "functions/detection/outliers.hpp"
#include "functions/plumbing/identity.hpp"
#include "functions/registry.hpp"
#include "functions/statistics/ewma.hpp"
#include "functions/statistics/moving_average.hpp"
#include <kapacitor/udf/testing.hpp>

namespace kapacitor::udf::functions {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

std::vector<test::point> series(const std::vector<test::field_value>& values) {
  std::vector<test::point> points;
  for (const auto& v : values) {
    points.push_back({.fields = {{"x", v}, {"other", "kept"}},
                      .time = static_cast<std::int64_t>(points.size())});
  }
  return points;
}

std::vector<double> numbers(const test::output& out, const std::string& field) {
  std::vector<double> result;
  for (const auto& p : out.points) result.push_back(p.number(field).value_or(std::nan("")));
  return result;
}

TEST(MovingAverage, AveragesWhatThereIsUntilTheWindowIsFull) {
  const auto out = test::run<moving_average>({{"field", {"x"}}, {"size", {3}}},
                                             series({1.0, 2.0, 6.0, 10.0, -1.0}));
  EXPECT_EQ(numbers(out, "avg"), (std::vector<double>{1, 1.5, 3, 6, 5}));
  EXPECT_EQ(out.points[0].fields.size(), 1u);
  EXPECT_EQ(out.points[4].time, 4);
}

TEST(MovingAverage, KeepsGroupsApart) {
  auto points = series({1.0, 100.0, 3.0});
  points[0].tags = points[2].tags = {{"host", "a"}};
  points[1].tags = {{"host", "b"}};
  EXPECT_EQ(numbers(test::run<moving_average>({{"field", {"x"}}, {"size", {2}}}, points), "avg"),
            (std::vector<double>{1, 100, 2}));
}

TEST(MovingAverage, TakesIntsAsNumbersAlsoMixedWithFloats) {
  EXPECT_EQ(
      numbers(test::run<moving_average>({{"field", {"x"}}, {"size", {2}}}, series({1, 2.0, 4})),
              "avg"),
      (std::vector<double>{1, 1.5, 3}));
}

TEST(MovingAverage, PassesOverPointsWithoutANumberInTheField) {
  auto points = series({1.0, "text", true, std::nan(""), infinity, 3.0});
  points.push_back({.fields = {{"y", 9}}});
  EXPECT_EQ(numbers(test::run<moving_average>({{"field", {"x"}}, {"size", {5}}}, points), "avg"),
            (std::vector<double>{1, 2}));
}

TEST(MovingAverage, WritesToAnotherFieldAndKeepsTheOthersWhenAsked) {
  const auto out = test::run<moving_average>(
      {{"field", {"x"}}, {"size", {1}}, {"as", {"mean"}}, {"keep", {}}}, series({4.0}));
  EXPECT_EQ(out.points.at(0).number("mean"), 4.0);
  EXPECT_EQ(out.points.at(0).number("x"), 4.0);
  EXPECT_EQ(out.points.at(0).fields.size(), 3u);
}

TEST(MovingAverage, ForgetsNothingOfSmallValuesWhenHugeOnesPassThrough) {
  const auto out = test::run<moving_average>({{"field", {"x"}}, {"size", {3}}},
                                             series({1.0, 1e300, -1e300, 1.0, 2.0, 3.0, 4.0}));
  EXPECT_EQ(numbers(out, "avg").back(), 3.0);
  EXPECT_EQ(numbers(out, "avg")[2], 1.0 / 3);
}

TEST(MovingAverage, SurvivesASumThatIsBeyondADouble) {
  const auto most = std::numeric_limits<double>::max();
  const auto out = test::run<moving_average>({{"field", {"x"}}, {"size", {2}}},
                                             series({most, most, 1.0, 3.0, 5.0}));
  const auto averages = numbers(out, "avg");
  EXPECT_EQ(averages[1], most);
  EXPECT_EQ(averages[3], 2.0);
  EXPECT_EQ(averages[4], 4.0);
}

TEST(MovingAverage, ContinuesFromItsSnapshot) {
  test::runner before(make_function<moving_average>("moving_average"),
                      {{"field", {"x"}}, {"size", {3}}});
  before.feed(series({1.0, 2.0, 3.0, 4.0}));
  test::runner after(make_function<moving_average>("moving_average"),
                     {{"field", {"x"}}, {"size", {3}}});
  EXPECT_EQ(after.restore(before.snapshot()), "");
  EXPECT_EQ(numbers(after.feed(series({8.0})), "avg"), (std::vector<double>{5}));
}

TEST(MovingAverage, RefusesASizeOfZero) {
  EXPECT_EQ(test::run<moving_average>({{"field", {"x"}}, {"size", {0}}}, series({})).error,
            "f: size must be between 1 and 10000000, got 0");
}

TEST(Ewma, WeighsTheNewestPointByAlpha) {
  EXPECT_EQ(
      numbers(test::run<ewma>({{"field", {"x"}}, {"alpha", {0.5}}}, series({1.0, 3.0, 4})), "ewma"),
      (std::vector<double>{1, 2, 3}));
}

TEST(Ewma, DoesNotOverflowBetweenHugeValues) {
  const auto most = std::numeric_limits<double>::max();
  const auto out =
      test::run<ewma>({{"field", {"x"}}, {"alpha", {0.5}}}, series({most, -most, infinity, 1.0}));
  EXPECT_EQ(numbers(out, "ewma"), (std::vector<double>{most, 0, 0.5}));
}

TEST(Ewma, RefusesAnAlphaOutsideItsRange) {
  EXPECT_EQ(test::run<ewma>({{"field", {"x"}}, {"alpha", {0.0}}}, series({})).error,
            "f: alpha must be more than 0.0 and at most 1.0, got 0.0");
}

test::batch batch_of(const std::vector<double>& values) {
  test::batch b{.tags = {{"host", "a"}}, .points = {}, .tmax = 99};
  for (const auto& p : series({values.begin(), values.end()})) {
    b.points.push_back(p);
    b.points.back().tags = b.tags;
  }
  return b;
}

std::vector<double> outliers_of(const std::vector<double>& values, double scale = 1.5) {
  const auto out =
      test::run<outliers>({{"field", {"x"}}, {"spreads", {scale}}}, std::vector{batch_of(values)});
  EXPECT_EQ(out.error, "");
  EXPECT_EQ(out.batches.size(), 1u);
  std::vector<double> result;
  for (const auto& p : out.batches.at(0).points) result.push_back(*p.number("x"));
  return result;
}

TEST(Outliers, AreTheValuesOutsideTukeysFencesInTheirOrder) {
  EXPECT_EQ(outliers_of({5, 100, 4, 6, 5, -90, 5, 6, 4}), (std::vector<double>{100, -90}));
}

TEST(Outliers, UseTheMediansOfTheHalvesAsHinges) {
  // Hinges 2.5 and 6.5 of eight values: fences at -3.5 and 12.5.
  EXPECT_EQ(outliers_of({1, 2, 3, 4, 5, 6, 7, 12.5}), (std::vector<double>{}));
  EXPECT_EQ(outliers_of({1, 2, 3, 4, 5, 6, 7, 12.6}), (std::vector<double>{12.6}));
  // Of nine, the median belongs to both halves: hinges 3 and 7, fences at -3 and 13.
  EXPECT_EQ(outliers_of({1, 2, 3, 4, 5, 6, 7, 8, 13}), (std::vector<double>{}));
  EXPECT_EQ(outliers_of({1, 2, 3, 4, 5, 6, 7, 8, 13.1}), (std::vector<double>{13.1}));
}

TEST(Outliers, OfEqualValuesOrFewAreNone) {
  EXPECT_TRUE(outliers_of({7, 7, 7, 7, 7}).empty());
  EXPECT_TRUE(outliers_of({}).empty());
  EXPECT_TRUE(outliers_of({1, 1, 1000}).empty());
  EXPECT_EQ(outliers_of({7, 7, 7, 7, 8}), (std::vector<double>{8}));
}

TEST(Outliers, KeepTheirPointsAsTheyWere) {
  const auto out = test::run<outliers>({{"field", {"x"}}}, std::vector{batch_of({1, 1, 1, 1, 50})});
  const auto& b = out.batches.at(0);
  EXPECT_EQ(b.tmax, 99);
  EXPECT_EQ(b.tags.size(), 1u);
  ASSERT_EQ(b.points.size(), 1u);
  EXPECT_EQ(b.points[0].time, 4);
  EXPECT_NE(b.points[0].find("other"), nullptr);
}

TEST(Outliers, StartAnewWithEachBatch) {
  const auto out = test::run<outliers>(
      {{"field", {"x"}}},
      std::vector{batch_of({1, 1, 1, 1, 50}), batch_of({2, 2, 2, 2}), batch_of({3, 3, 3, 3, 70})});
  ASSERT_EQ(out.batches.size(), 3u);
  EXPECT_TRUE(out.batches[1].points.empty());
  EXPECT_EQ(out.batches[2].points.at(0).number("x"), 70.0);
}

TEST(Identity, PassesPointsAndBatchesOnUnchanged) {
  const auto points = series({1.0, 2, "text", true});
  const auto out = test::run<identity>({}, points);
  ASSERT_EQ(out.points.size(), 4u);
  EXPECT_EQ(out.points[2].fields, points[2].fields);
  const auto batches = test::run<identity_batch>({}, std::vector{batch_of({1, 2}), batch_of({})});
  ASSERT_EQ(batches.batches.size(), 2u);
  EXPECT_EQ(batches.batches[0].points.size(), 2u);
  EXPECT_EQ(batches.batches[0].tmax, 99);
}

TEST(Registry, ListsEachFunctionOnceByFamiliesAndEachSaysWhatItIs) {
  std::set<std::string> names;
  std::vector<std::string> families;
  for (const auto& f : all()) {
    EXPECT_TRUE(names.insert(f.name).second) << f.name << " is there twice";
    EXPECT_FALSE(f.summary.empty()) << f.name;
    for (const auto& o : f.options) EXPECT_FALSE(o.help.empty()) << f.name << "." << o.name;
    const auto& d = f.description;
    EXPECT_FALSE(d.computes.empty() || d.cost.empty() || d.state.empty()) << f.name;
    if (families.empty() || families.back() != d.family) families.push_back(d.family);
  }
  EXPECT_EQ(names.size(), 24u);
  EXPECT_EQ(families,
            (std::vector<std::string>{"statistics", "detection", "prediction", "signal", "tracking",
                                      "aggregation", "enrichment", "plumbing"}));
}

}  // namespace
}  // namespace kapacitor::udf::functions
