#include "functions/statistics/ewma.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include <gtest/gtest.h>

#include "property/functions/reading.hpp"
#include "property/sample.hpp"

namespace kapacitor::udf::ewma_test {
namespace {

using functions::ewma;
using test::at;
using test::second;
using test::start;
using namespace std::chrono_literals;

std::vector<option> with(std::vector<option> options) {
  options.push_back({"field", {"x"}});
  options.push_back({"stddev", {}});
  options.push_back({"bands", {2.0}});
  return options;
}
const std::vector<option> by_half_life = with({{"halfLife", {5s}}});

TEST(EwmaHardCases, TheFirstPointHasNoDeviation) {
  for (const auto& options : {with({}), by_half_life}) {
    const auto out = test::run<ewma>(options, {at(0, 3), at(1, 3)}).points;
    EXPECT_EQ(out.at(0).fields.size(), 1u);
    EXPECT_EQ(out.at(0).number("ewma"), 3.0);
    EXPECT_EQ(out.at(1).number("ewma_stddev"), 0.0);
    EXPECT_EQ(out.at(1).number("ewma_lower"), 3.0);
  }
}

TEST(EwmaHardCases, PointsOfEqualTimesCountTheSame) {
  const auto out = test::run<ewma>(by_half_life, {at(5, 1.0), at(5, 2.0), at(5, 6.0)}).points;
  EXPECT_DOUBLE_EQ(*out.at(2).number("ewma"), 3.0);
  EXPECT_DOUBLE_EQ(*out.at(2).number("ewma_stddev"), std::sqrt(7.0));
}

TEST(EwmaHardCases, ALatePointCountsAsHadItComeInTime) {
  const auto in_time =
      test::run<ewma>(by_half_life, {at(0, 1.0), at(5 * second, 9.0), at(10 * second, 4.0)});
  const auto late =
      test::run<ewma>(by_half_life, {at(0, 1.0), at(10 * second, 4.0), at(5 * second, 9.0)});
  for (const auto* field : {"ewma", "ewma_stddev"}) {
    EXPECT_NEAR(*late.points.back().number(field), *in_time.points.back().number(field), 1e-14);
  }
  EXPECT_EQ(late.points.back().time, 5 * second);
}

TEST(EwmaHardCases, BeginsAnewAfter256HalfLives) {
  const auto out =
      test::run<ewma>(by_half_life, {at(0, 1e300), at(1'280 * second, 7.0), at(0, 1e300)}).points;
  EXPECT_EQ(out.at(1).number("ewma"), 7.0);
  EXPECT_EQ(out.at(1).number("ewma_stddev"), std::nullopt);
  EXPECT_EQ(out.at(2).number("ewma"), 7.0);  // so late that it counts for nothing
}

TEST(EwmaHardCases, TheWholeRangeOfTimesIsNoMatter) {
  using limits = std::numeric_limits<std::int64_t>;
  auto options = by_half_life;
  options.push_back({"maxAhead", {0s}});
  const auto out = test::run<ewma>(
      options, {at(limits::min(), 1.0), at(limits::max(), 2.0), at(limits::min(), 3.0)});
  EXPECT_EQ(out.points.at(1).number("ewma"), 2.0);
  EXPECT_EQ(out.points.at(2).number("ewma"), 2.0);
}

TEST(EwmaHardCases, OfEqualValuesNothingDrifts) {
  for (const auto& options : {with({}), by_half_life}) {
    std::vector<test::point> points;
    for (int i = 0; i < 10'000; ++i) points.push_back(at(start + i * second, 0.1));
    const auto out = test::run<ewma>(options, points).points;
    EXPECT_EQ(out.back().number("ewma"), 0.1);
    EXPECT_EQ(out.back().number("ewma_stddev"), 0.0);
  }
}

TEST(EwmaHardCases, AStepOf1e12AndValuesOf1e308LeaveNoTrace) {
  for (const double step : {1e12, 1e308}) {
    for (const auto& options : {with({{"alpha", {0.5}}}), by_half_life}) {
      std::vector<test::point> points = {at(start, 20.0), at(start, step), at(start, -step)};
      for (int i = 1; i < 11'000; ++i) {
        points.push_back(at(start + i * second, i % 2 ? 21.0 : 19.0));
      }
      const auto out = test::run<ewma>(options, points).points;
      points.erase(points.begin() + 1, points.begin() + 3);
      const auto expected = test::run<ewma>(options, points).points;
      for (const auto* field : {"ewma", "ewma_stddev", "ewma_lower", "ewma_upper"}) {
        EXPECT_NEAR(*out.back().number(field), *expected.back().number(field), 1e-13) << field;
      }
    }
  }
}

TEST(EwmaHardCases, AFieldThatChangesItsTypeIsANumberOrPassedOver) {
  const auto out = test::run<ewma>(
      {{"field", {"x"}}, {"alpha", {0.5}}},
      {at(1, 1), at(2, 2.0), at(3, "3"), at(4, true), at(5, (std::int64_t{1} << 53) + 1)});
  ASSERT_EQ(out.points.size(), 3u);
  EXPECT_EQ(out.points[1].number("ewma"), 1.5);
  EXPECT_DOUBLE_EQ(*out.points[2].number("ewma"), 0x1p52 + 0.75);
}

TEST(EwmaHardCases, AnOffsetOf1e9DoesNoHarmOverManyPoints) {
  constexpr long double alpha = 0.01;
  test::runner r(make_function<ewma>("f"), with({{"alpha", {0.01}}}));
  test::sample random(3);
  long double mean = 0, variance = 0;
  std::int64_t n = 0;
  while (n < 1'000'000) {
    std::vector<test::point> points;
    for (int i = 0; i < 10'000; ++i, ++n) {
      const double x = 1e9 + random.part();
      points.push_back(at(start + n * second, x));
      const long double y = x - 1e9;  // exact
      const long double distance = n == 0 ? 0 : y - mean;
      mean = n == 0 ? y : mean + alpha * distance;
      variance = (1 - alpha) * (variance + alpha * distance * distance);
    }
    const auto last = r.feed(points).points.back();
    // Σ v² of that number of points is alpha / (2 − alpha).
    const auto stddev = std::sqrt(variance / (1 - alpha / (2 - alpha)));
    if (n < 20'000) continue;
    ASSERT_NEAR(*last.number("ewma"), static_cast<double>(1e9 + mean), 0x1p-23);  // the last digit
    ASSERT_NEAR(*last.number("ewma_stddev"), static_cast<double>(stddev), 1e-12);
  }
}

TEST(EwmaHardCases, HasRoomForManyGroups) {
  test::runner r(make_function<ewma>("f"), by_half_life);
  std::vector<test::point> points;
  for (int i = 0; i < 100'000; ++i) {
    points.push_back(at(start, i));
    points.back().tags = {{"host", std::to_string(i)}};
  }
  const auto out = r.feed(points).points;
  ASSERT_EQ(out.size(), 100'000u);
  EXPECT_EQ(out.back().number("ewma"), 99'999.0);
}

TEST(EwmaOptions, AreRefusedWithAllThatIsNeededToSetThemRight) {
  struct wrong {
    std::vector<option> options;
    std::string error;
  };
  const std::vector<wrong> all = {
      {{{"alpha", {0.3}}, {"span", {20}}},
       "alpha, span and halfLife exclude each other, give one of them; got alpha 0.3 and span 20"},
      {{{"alpha", {0.3}}, {"span", {20}}, {"halfLife", {90s}}},
       "alpha, span and halfLife exclude each other, give one of them; got alpha 0.3 and span 20 "
       "and halfLife 1m30s"},
      {{{"alpha", {1.5}}}, "alpha must be more than 0.0 and at most 1.0, got 1.5"},
      {{{"span", {0}}}, "span must be at least 1, got 0"},
      {{{"halfLife", {0s}}}, "halfLife must be more than 0s, got 0s"},
      {{{"bands", {0.0}}}, "bands must be more than 0.0, got 0.0"},
  };
  for (auto [options, error] : all) {
    options.push_back({"field", {"x"}});
    EXPECT_EQ(test::run<ewma>(options, std::vector<test::point>{}).error, "f: " + error);
  }
}

}  // namespace
}  // namespace kapacitor::udf::ewma_test
