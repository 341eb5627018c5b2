#include "functions/tracking/rate.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include <gtest/gtest.h>

#include "property/functions/forged_snapshot.hpp"
#include "property/functions/reading.hpp"
#include "property/sample.hpp"

namespace kapacitor::udf::rate_test {
namespace {

using functions::rate;
using test::at;
using test::second;
using test::start;
using namespace std::chrono_literals;
using limits = std::numeric_limits<std::int64_t>;

test::output run(std::vector<option> options, const std::vector<test::point>& points) {
  options.push_back({"field", {"x"}});
  options.push_back({"as", {"rate"}});
  return test::run<rate>(options, points);
}
std::vector<double> numbers(const test::output& out) {
  std::vector<double> result;
  for (const auto& p : out.points) result.push_back(p.number("rate").value_or(std::nan("")));
  return result;
}

TEST(RateHardCases, NothingIsSaidOfTheFirstPointNorOfOneBeyondAGap) {
  EXPECT_TRUE(run({}, {at(start, 5)}).points.empty());
  const auto out = run({{"maxGap", {10s}}},
                       {at(0, 0), at(10 * second, 10), at(21 * second, 90), at(22 * second, 92)});
  EXPECT_EQ(numbers(out), (std::vector<double>{1, 2}));
  EXPECT_EQ(out.points[1].time, 22 * second);
}

TEST(RateHardCases, AFallIsAReset) {
  EXPECT_EQ(numbers(run({}, {at(0, 100), at(second, 110), at(2 * second, 7), at(3 * second, -4),
                             at(4 * second, -1.5)})),
            (std::vector<double>{10, 7, 0, 2.5}));
}

const std::vector<test::point> misread = {at(0, 66'500.0), at(second, 66'534.4),
                                          at(2 * second, 33'400.0), at(3 * second, 66'603.2),
                                          at(4 * second, 66'637.6)};

void expect_near(const std::vector<double>& got, const std::vector<double>& expected) {
  ASSERT_EQ(got.size(), expected.size());
  for (std::size_t i = 0; i < got.size(); ++i) EXPECT_NEAR(got[i], expected[i], 1e-6) << i;
}

TEST(RateDoubt, OneMisreadSampleMakesTwoSpikesUnlessDoubted) {
  expect_near(numbers(run({}, misread)), {34.4, 33'400, 33'203.2, 34.4});
  for (const std::vector<option>& doubts :
       {std::vector<option>{{"maxRate", {1000.0}}}, {{"confirmResets", {}}}}) {
    expect_near(numbers(run(doubts, misread)), {34.4, 34.4, 34.4});
  }
}

TEST(RateDoubt, AWindowLosesNothingByAMisreadSample) {
  const std::vector<option> options = {
      {"method", {"increase"}}, {"size", {4}}, {"maxRate", {1000}}};
  expect_near(numbers(run(options, misread)), {34.4, 103.2, 137.6});
}

TEST(RateDoubt, AResetIsBelievedOnceTheNextPointConfirmsIt) {
  const std::vector<test::point> reset = {at(0, 100), at(second, 150), at(2 * second, 30),
                                          at(3 * second, 60), at(4 * second, 90)};
  expect_near(numbers(run({{"confirmResets", {}}}, reset)), {50, 30, 30});
  expect_near(numbers(run({{"maxRate", {60.0}}, {"method", {"increase"}}}, reset)), {50, 60, 30});
}

TEST(RateDoubt, AFallWithinAnUnconfirmedFallIsDoubtedInItsTurn) {
  expect_near(numbers(run({{"confirmResets", {}}},
                          {at(0, 100), at(second, 60), at(2 * second, 20), at(3 * second, 110)})),
              {10.0 / 3});
}

TEST(RateDoubt, AnImpossibleRiseIsBelievedOnceTheNextPointAgreesWithIt) {
  const auto out = run({{"maxRate", {10.0}}},
                       {at(0, 0), at(second, 5), at(2 * second, 1e6), at(3 * second, 10),
                        at(4 * second, 2e6), at(5 * second, 2e6 + 7), at(6 * second, 2e6 + 9)});
  expect_near(numbers(out), {5, 2.5, 7, 2});
}

TEST(RateDoubt, MaxRateIsPerUnitAndHoldsForBothDirectionsOfADerivative) {
  const std::vector<test::point> steps = {at(0, 0.0), at(second, -0.5), at(2 * second, -90.0),
                                          at(3 * second, -1.0), at(4 * second, 0.0)};
  expect_near(
      numbers(run({{"method", {"derivative"}}, {"maxRate", {60.0}}, {"unit", {1min}}}, steps)),
      {-30, -15, 60});
}

TEST(RateDoubt, AnOverflowIsNoReset) {
  EXPECT_EQ(numbers(run({{"wrap", {32}}, {"confirmResets", {}}},
                        {at(0, (std::int64_t{1} << 32) - 10), at(second, 5)})),
            (std::vector<double>{15}));
}

TEST(RateDoubt, IsKeptInASnapshot) {
  const std::vector<option> options = {{"field", {"x"}}, {"as", {"rate"}}, {"maxRate", {1000.0}}};
  test::runner first(make_function<rate>("rate"), options);
  first.feed(std::vector<test::point>(misread.begin(), misread.begin() + 3));
  test::runner second_half(make_function<rate>("rate"), options);
  ASSERT_EQ(second_half.restore(first.snapshot()), "");
  const std::vector<test::point> rest(misread.begin() + 3, misread.end());
  expect_near(numbers(second_half.feed(rest)), {34.4, 34.4});
}

TEST(RateDoubt, DoesNotGoWithADerivativesResets) {
  EXPECT_EQ(run({{"method", {"derivative"}}, {"confirmResets", {}}}, {}).error,
            "f: confirmResets goes with the methods 'rate' and 'increase' only: a derivative knows "
            "no resets");
}

TEST(RateHardCases, WithWrapAFallByMoreThanHalfTheRangeIsAnOverflow) {
  constexpr std::int64_t range = std::int64_t{1} << 32, half = range / 2;
  const auto step = [](int wrap, test::field_value from, test::field_value to) {
    return numbers(run({{"wrap", {wrap}}, {"method", {"increase"}}},
                       {at(0, std::move(from)), at(1, std::move(to))}))
        .at(0);
  };
  EXPECT_EQ(step(32, range - 10, 5), 15);
  EXPECT_EQ(step(32, static_cast<double>(range) - 10, 5.5), 15.5);
  EXPECT_EQ(step(32, half + 1, 0), half - 1);
  EXPECT_EQ(step(32, half, 0), 0);
  EXPECT_EQ(step(32, 1'000'000, 7), 7);
  EXPECT_EQ(step(32, 3 * range, 7), 7);  // no counter of 32 bits
  EXPECT_EQ(step(64, limits::max() - 10, limits::min() + 4), 15);
  EXPECT_EQ(step(64, 1'000'000, 7), 7);
  EXPECT_EQ(step(64, 0x1p63, 4096.0), 4096);
  EXPECT_EQ(step(64, 0x1p64 - 2048, 4096.0), 6144);
}

TEST(RateHardCases, IntsBeyondADoubleAreSubtractedExactly) {
  const std::int64_t beyond = (std::int64_t{1} << 53) + 1;
  for (const auto& window : std::vector<std::vector<option>>{{}, {{"size", {3}}}}) {
    auto options = window;
    options.push_back({"method", {"increase"}});
    EXPECT_EQ(numbers(run(options, {at(0, beyond), at(1, beyond + 1)})).at(0), 1);
    EXPECT_EQ(numbers(run(options, {at(0, limits::max() - 1), at(1, limits::max())})).at(0), 1);
    EXPECT_EQ(numbers(run(options, {at(0, limits::min()), at(1, limits::max())})).at(0), 0x1p64);
    options.back() = {"method", {"derivative"}};
    EXPECT_EQ(numbers(run(options, {at(0, beyond + 1), at(second, beyond)})).at(0), -1);
    EXPECT_EQ(numbers(run(options, {at(0, limits::max()), at(second, limits::min())})).at(0),
              -0x1p64);
  }
}

TEST(RateHardCases, NoIncreaseIsLostBetweenPointsOfEqualTimes) {
  const std::vector<test::point> points = {at(0, 1),      at(0, 4),      at(second, 5),
                                           at(second, 9), at(second, 2), at(2 * second, 3)};
  EXPECT_EQ(numbers(run({}, points)), (std::vector<double>{4, 7}));
  EXPECT_EQ(numbers(run({{"method", {"increase"}}, {"size", {3}}}, points)),
            (std::vector<double>{4, 11}));
  EXPECT_EQ(numbers(run({{"method", {"derivative"}}}, points)), (std::vector<double>{4, -2}));
}

TEST(RateHardCases, LatePointsAreDropped) {
  EXPECT_EQ(numbers(run({}, {at(second, 1), at(0, 100), at(2 * second, 2)})),
            (std::vector<double>{1}));
}

TEST(RateHardCases, AWindowOfAPeriodForgetsWhatIsOlder) {
  const auto out =
      run({{"period", {10s}}}, {at(0, 0), at(5 * second, 10), at(9 * second, 18),
                                at(10 * second, 30), at(40 * second, 90), at(49 * second, 99)});
  EXPECT_EQ(numbers(out), (std::vector<double>{2, 2, 4, 1}));
}

TEST(RateHardCases, TheWholeRangeOfTimesIsNoMatter) {
  const auto out = run({{"period", {std::chrono::nanoseconds::max()}}, {"maxAhead", {0s}}},
                       {at(limits::min(), 1.0), at(limits::max(), 2.0)});
  EXPECT_TRUE(out.points.empty());
  EXPECT_DOUBLE_EQ(numbers(run({{"unit", {1ns}}, {"maxAhead", {0s}}},
                               {at(limits::min(), 0.0), at(limits::max(), 1.0)}))
                       .at(0),
                   0x1p-64);
}

TEST(RateHardCases, HugeStepsAreLeftOutAndForgotten) {
  for (const auto* mode : {"rate", "increase", "derivative"}) {
    std::vector<test::point> points = {at(0, 1e308), at(second, -1e308), at(2 * second, 1e308)};
    for (int i = 3; i < 20; ++i) points.push_back(at(i * second, 3.0 * i));
    const auto out = run({{"method", {mode}}, {"size", {4}}}, points);
    for (const double x : numbers(out)) EXPECT_TRUE(std::isfinite(x));
    EXPECT_EQ(numbers(out).back(), std::string(mode) == "increase" ? 9 : 3) << mode;
  }
}

TEST(RateHardCases, AStepOf1e12LeavesNoTraceInTheWindow) {
  std::vector<test::point> points;
  double x = 0;
  for (int i = 0; i < 50; ++i) points.push_back(at(i * second, x += i == 5 ? 1e12 : 0.125));
  EXPECT_EQ(numbers(run({{"size", {10}}}, points)).back(), 0.125);
}

TEST(RateHardCases, OfEqualValuesTheRateIsZero) {
  std::vector<test::point> points;
  for (int i = 0; i < 1'000; ++i) points.push_back(at(i * second, 7.25));
  for (const double x : numbers(run({{"period", {1min}}}, points))) ASSERT_EQ(x, 0);
}

TEST(RateHardCases, AFieldThatChangesItsTypeIsANumberOrPassedOver) {
  EXPECT_EQ(numbers(run({}, {at(0, 1), at(second, 2.5), at(2 * second, "9"), at(3 * second, true),
                             at(4 * second, 4)})),
            (std::vector<double>{1.5, 0.5}));
}

TEST(RateHardCases, AnOffsetOf1e9DoesNoHarmOverManyPoints) {
  test::runner r(make_function<rate>("f"), {{"field", {"x"}}, {"size", {100}}});
  std::vector<double> x;
  test::sample random(5);
  for (int n = 0; n < 300'000;) {
    std::vector<test::point> points;
    for (int i = 0; i < 10'000; ++i, ++n) {
      x.push_back((x.empty() ? 1e9 : x.back()) + random.part());
      points.push_back(at(start + n * second, x.back()));
    }
    const auto last = r.feed(points).points.back();
    const auto expected = static_cast<long double>(x.back()) - x[x.size() - 100];
    ASSERT_NEAR(*last.number("rate"), static_cast<double>(expected / 99), 1e-15);
  }
}

TEST(RateHardCases, HasRoomForManyGroups) {
  test::runner r(make_function<rate>("f"), {{"field", {"x"}}, {"period", {1min}}});
  std::vector<test::point> points;
  for (int i = 0; i < 100'000; ++i) {
    points.push_back(at(start + i, i));
    points.back().tags = {{"host", std::to_string(i)}};
  }
  EXPECT_TRUE(r.feed(points).points.empty());
  points[9].time += second;
  points[9].fields[0].second = 10;
  EXPECT_EQ(r.feed({points[9]}).points.at(0).number("rate"), 1.0);
}

TEST(RateSnapshot, OfAnythingIsRefusedOrGoneOnFrom) {
  test::expect_no_harm_of_another_byte<rate>({{"field", {"x"}}, {"size", {3}}, {"period", {10s}}},
                                             {at(0, 1.0), at(second, 2), at(2 * second, 4.0)});
}

TEST(RateOptions, AreRefusedWithAllThatIsNeededToSetThemRight) {
  struct wrong {
    std::vector<option> options;
    std::string error;
  };
  const std::vector<wrong> all = {
      {{{"method", {"speed"}}},
       "method must be one of 'rate', 'increase', 'derivative', got 'speed'"},
      {{{"unit", {0s}}}, "unit must be more than 0s, got 0s"},
      {{{"wrap", {16}}}, "wrap must be one of 32, 64, got 16"},
      {{{"maxGap", {-1s}}}, "maxGap must be at least 0s, got -1s"},
      {{{"size", {1}}}, "size must be at least 2 (or 0, by period alone), got 1"},
      {{{"method", {"derivative"}}, {"wrap", {32}}},
       "wrap goes with the methods 'rate' and 'increase' only: a derivative knows no counters"},
      {{{"nonNegative", {}}, {"size", {1}}},
       "nonNegative goes with method 'derivative' only: no rate is negative; size must be at least "
       "2 "
       "(or 0, by period alone), got 1"},
  };
  for (auto [options, error] : all) EXPECT_EQ(run(options, {}).error, "f: " + error);
}

}  // namespace
}  // namespace kapacitor::udf::rate_test
