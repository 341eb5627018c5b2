#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include <functions/statistics/ewma.hpp>
#include <property/sample.hpp>

namespace kapacitor::udf {
namespace {

using functions::ewma;
using namespace std::chrono_literals;

constexpr std::int64_t second = 1'000'000'000;
constexpr std::int64_t start = 1'600'000'000 * second;
constexpr long double half_life = 5.0L * second;

std::vector<option> with(std::vector<option> options) {
  options.push_back({"field", {"x"}});
  options.push_back({"stddev", {}});
  options.push_back({"bands", {2.0}});
  return options;
}
const std::vector<option> by_half_life = with({{"halfLife", {5s}}});

test::point at(std::int64_t time, test::field_value x) {
  return {.fields = {{"x", std::move(x)}}, .time = time};
}

/// All points so far and the weight of each, anew for every point.
class reference {
 public:
  struct result {
    double mean;
    std::optional<double> stddev;
  };
  /// alpha 0: by half-life.
  explicit reference(double alpha) : alpha_(alpha) {}

  result take(std::int64_t time, double x) {
    if (alpha_ == 0) forget(time);
    points_.push_back({time, x});
    newest_ = points_.size() == 1 ? time : std::max(newest_, time);
    long double weight = 0, squares = 0, pairs = 0, mean = 0;
    std::vector<long double> weights;
    for (std::size_t i = 0; i < points_.size(); ++i) {
      const auto w = weights.emplace_back(weight_of(i));
      pairs += 2 * w * weight;
      weight += w;
      mean += w * points_[i].x;
    }
    mean /= weight;
    for (std::size_t i = 0; i < points_.size(); ++i) {
      squares += weights[i] * (points_[i].x - mean) * (points_[i].x - mean);
    }
    std::optional<double> stddev;
    if (pairs > 0)
      stddev = static_cast<double>(std::sqrt(squares / weight / (pairs / weight / weight)));
    return {static_cast<double>(mean), stddev};
  }

 private:
  struct one {
    std::int64_t time;
    double x;
  };
  void forget(std::int64_t time) {
    if (!points_.empty() && static_cast<long double>(time - newest_) >= 256 * half_life) {
      points_.clear();
    }
  }
  long double weight_of(std::size_t i) const {
    if (alpha_ == 0) {
      return std::exp2(-static_cast<long double>(newest_ - points_[i].time) / half_life);
    }
    const long double a = alpha_;
    const auto after = static_cast<long double>(points_.size() - 1 - i);
    return std::pow(1 - a, after) * (i == 0 ? 1 : a);
  }

  double alpha_;
  std::vector<one> points_;
  std::int64_t newest_ = 0;
};

std::vector<test::point> wild_points(test::sample& random, std::size_t n) {
  std::vector<test::point> points;
  auto time = start;
  for (; n > 0; --n) {
    if (!random.one_in(5)) time += static_cast<std::int64_t>(random.below(2 * second));
    if (random.one_in(50)) time += 100 * second;
    if (random.one_in(400)) time += 3'600 * second;
    auto p = at(time, 20 + 10 * random.part());
    if (random.one_in(20)) p.time -= static_cast<std::int64_t>(random.below(40 * second));
    if (random.one_in(20)) p.fields[0].second = static_cast<int>(random.below(40));
    if (random.one_in(20)) p.fields[0].second = "text";
    if (random.one_in(20)) p.fields.clear();
    points.push_back(std::move(p));
  }
  return points;
}

void expect_fields(const test::point& got, const reference::result& expected) {
  ASSERT_NEAR(got.number("ewma").value(), expected.mean, 1e-13 * std::abs(expected.mean));
  ASSERT_EQ(got.number("ewma_stddev").has_value(), expected.stddev.has_value());
  if (!expected.stddev) return;
  const double sd = *expected.stddev, slack = 1e-12 * (30 + sd);
  ASSERT_NEAR(got.number("ewma_stddev").value(), sd, slack);
  ASSERT_NEAR(got.number("ewma_lower").value(), expected.mean - 2 * sd, 3 * slack);
  ASSERT_NEAR(got.number("ewma_upper").value(), expected.mean + 2 * sd, 3 * slack);
}

/// Feeds the first half to one instance, the second to another that goes on from its snapshot.
std::vector<test::point> in_two_halves(const std::vector<option>& options,
                                       const std::vector<test::point>& points) {
  test::runner before(make_function<ewma>("f"), options), after(make_function<ewma>("f"), options);
  const auto middle = points.begin() + static_cast<std::ptrdiff_t>(points.size() / 2);
  auto out = before.feed(std::vector<test::point>(points.begin(), middle)).points;
  EXPECT_EQ(after.restore(before.snapshot()), "");
  const auto rest = after.feed(std::vector<test::point>(middle, points.end())).points;
  out.insert(out.end(), rest.begin(), rest.end());
  return out;
}

TEST(EwmaModel, IsTheWeightedMeanAndStandardDeviationByDefinition) {
  struct one {
    std::vector<option> options;
    double alpha;
  };
  const std::vector<one> all = {{by_half_life, 0},
                                {with({}), 0.1},
                                {with({{"alpha", {0.9}}}), 0.9},
                                {with({{"span", {9}}}), 0.2},
                                {with({{"alpha", {1.0}}}), 1}};
  test::sample random(7);
  for (int round = 0; round < 500 && !HasFatalFailure(); ++round) {
    const auto& [options, alpha] = all[random.one_in(3) ? random.below(all.size()) : 0];
    const auto points = wild_points(random, 200);
    const auto out = in_two_halves(options, points);
    reference expected(alpha);
    std::size_t next = 0;
    for (const auto& p : points) {
      const auto x = p.number("x");
      if (!x) continue;
      ASSERT_LT(next, out.size());
      expect_fields(out[next++], expected.take(p.time, *x));
      if (HasFatalFailure()) return;
    }
    ASSERT_EQ(next, out.size());
  }
}

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
  const auto out = test::run<ewma>(
      by_half_life, {at(limits::min(), 1.0), at(limits::max(), 2.0), at(limits::min(), 3.0)});
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
    // Σ v² of so many points is alpha / (2 − alpha).
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
}  // namespace kapacitor::udf
