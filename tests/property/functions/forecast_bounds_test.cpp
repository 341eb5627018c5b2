#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "functions/prediction/forecast.hpp"
#include "property/functions/reading.hpp"
#include "property/sample.hpp"

// What forecast promises of any series: to stay near the values seen, and that its bounds hold as
// often as they claim to.
namespace kapacitor::udf::forecast_bounds_test {
namespace {

using functions::forecast;
using std::chrono::nanoseconds;
using test::at;
using test::second;
using test::start;
using series = std::vector<double>;

struct setup {
  int horizon = 1, season = 0;  // in points
  bool multiplicative = false;
};

test::output forecasts_of(const series& values, const setup& s) {
  test::runner r(make_function<forecast>("forecast"),
                 {{"field", {"x"}},
                  {"interval", {nanoseconds(second)}},
                  {"season", {nanoseconds(s.season * second)}},
                  {"seasonality", {s.multiplicative ? "multiplicative" : "additive"}},
                  {"horizon", {nanoseconds(s.horizon * second)}}});
  std::vector<test::point> points;
  for (std::size_t i = 0; i < values.size(); ++i) {
    points.push_back(at(start + static_cast<std::int64_t>(i) * second, values[i]));
  }
  return r.feed(points);
}

series of(int n, const std::function<double(int)>& value) {
  series values;
  for (int i = 0; i < n; ++i) values.push_back(value(i));
  return values;
}
double sine(double turns) {
  return std::sin(2 * std::numbers::pi * turns);
}

void expect_within(const series& values, const setup& s, double low, double high) {
  const auto out = forecasts_of(values, s);
  ASSERT_EQ(out.points.size(), values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double x = *out.points[i].number("forecast");
    ASSERT_GE(x, low - 1e-9) << "point " << i << ", horizon " << s.horizon << ", season "
                             << s.season;
    ASSERT_LE(x, high + 1e-9) << "point " << i << ", horizon " << s.horizon << ", season "
                              << s.season;
  }
}

/// From the first point on, whatever the horizon is, and if the season is a wrong one.
TEST(ForecastLimits, KeepABoundedSeriesNearItsRange) {
  for (const int period : {7, 20, 100, 288}) {
    for (const int horizon : {1, 7, 100}) {
      for (const int season : {0, 24, period}) {
        const setup s{.horizon = horizon, .season = season};
        ASSERT_NO_FATAL_FAILURE(
            expect_within(of(720, [&](int i) { return sine(1.0 * i / period); }), s, -2, 2));
        ASSERT_NO_FATAL_FAILURE(
            expect_within(of(720, [&](int i) { return i / period % 2 ? 1.0 : -1.0; }), s, -2, 2));
        ASSERT_NO_FATAL_FAILURE(expect_within(
            of(720, [&](int i) { return 2.0 * (i % period) / period - 1; }), s, -2, 2));
        ASSERT_NO_FATAL_FAILURE(expect_within(
            of(720, [&](int i) { return 3 + sine(0.25 + 1.0 * i / period); }),
            {.horizon = horizon, .season = season, .multiplicative = season != 0}, 1, 5));
      }
    }
  }
}

TEST(ForecastLimits, LetASteadyTrendGoOn) {
  for (const int horizon : {1, 10, 200}) {
    const auto out =
        forecasts_of(of(1'000, [](int i) { return 5 + 0.25 * i; }), {.horizon = horizon});
    for (int i = 2 * horizon + 2; i < 1'000; ++i) {
      ASSERT_NEAR(*out.points[static_cast<std::size_t>(i)].number("forecast"),
                  5 + 0.25 * (i + horizon), 1e-6)
          << i;
    }
  }
}

TEST(ForecastLimits, AreLiftedIfAsked) {
  test::runner r(make_function<forecast>("forecast"), {{"field", {"x"}},
                                                       {"interval", {nanoseconds(second)}},
                                                       {"horizon", {nanoseconds(100 * second)}},
                                                       {"unlimited", {}}});
  const auto out = r.feed({at(start, 1.0), at(start + second, 2.0), at(start + 2 * second, 3.0)});
  EXPECT_NEAR(*out.points[2].number("forecast"), 103, 1e-9);
}

/// The part of the values that lay within the bounds that were said for them, or within `part` of
/// their distance from the forecast.
double coverage(const series& values, const test::output& out, std::size_t ahead, double part) {
  std::size_t within = 0, all = 0;
  for (auto i = std::max<std::size_t>(500, 50 * ahead); i + ahead < values.size(); ++i, ++all) {
    const auto& p = out.points[i];
    const double x = *p.number("forecast");
    within += std::abs(values[i + ahead] - x) <= part * (*p.number("forecast_upper") - x);
  }
  return static_cast<double>(within) / static_cast<double>(all);
}

struct kind {
  std::string name;
  int season = 0;
  std::function<double(int, double)> value;  // of the point's number and a normal deviate
};

std::vector<kind> kinds() {
  const auto autoregressive = [](double part) {
    return [part, x = 0.0](int, double noise) mutable { return x = part * x + noise; };
  };
  return {{"noise", 0, [](int, double noise) { return noise; }},
          {"ar 0.5", 0, autoregressive(0.5)},
          {"ar 0.9", 0, autoregressive(0.9)},
          {"random walk", 0, autoregressive(1)},
          {"trend", 0, [](int i, double noise) { return 0.05 * i + noise; }},
          {"season", 24, [](int i, double noise) { return 10 * sine(i / 24.0) + noise; }},
          {"season and trend", 24,
           [](int i, double noise) { return 10 * sine(i / 24.0) + 0.02 * i + noise; }},
          {"season of another length", 0,
           [](int i, double noise) { return 3 * sine(i / 300.0) + noise; }}};
}

TEST(ForecastBounds, HoldAsOftenAsTheyClaim) {
  constexpr double tolerance = 0.05;
  // Of the distance of the bounds of 95 %: those of 80 %.
  constexpr double of_80_percent = 1.2815515655446004 / 1.959963984540054;
  for (const auto& k : kinds()) {
    for (const int horizon : {1, 10, 60}) {
      test::sample random(7);
      auto value = k.value;
      const auto values =
          of(std::max(5'000, 120 * horizon), [&](int i) { return value(i, random.normal()); });
      const auto out = forecasts_of(values, {.horizon = horizon, .season = k.season});
      const auto ahead = static_cast<std::size_t>(horizon);
      EXPECT_NEAR(coverage(values, out, ahead, 1), 0.95, tolerance) << k.name << ", " << horizon;
      EXPECT_NEAR(coverage(values, out, ahead, of_80_percent), 0.8, 1.5 * tolerance)
          << k.name << ", " << horizon;
    }
  }
}

}  // namespace
}  // namespace kapacitor::udf::forecast_bounds_test
