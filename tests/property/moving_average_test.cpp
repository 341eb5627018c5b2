#include "functions/statistics/moving_average.hpp"

#include <algorithm>
#include <cmath>
#include <deque>
#include <limits>

#include <gtest/gtest.h>

#include "property/exact_sum.hpp"
#include "property/sample.hpp"
#include "support/requests.hpp"
#include "support/session_driver.hpp"

// moving_average against sums without rounding.
namespace kapacitor::udf {
namespace {

/// A window of the last values, summed exactly.
class exact_window {
 public:
  explicit exact_window(std::size_t size) : size_(size) {}

  void push(double x) {
    values_.push_back(x);
    sum_.add(x);
    if (values_.size() > size_) {
      sum_.add(-values_.front());
      values_.pop_front();
    }
  }
  /// How far `mean` is from the exact mean.
  double error_of(double mean) const {
    auto left = sum_;
    for (std::size_t i = 0; i < values_.size(); ++i) left.add(-mean);
    return std::abs(left.rounded()) / static_cast<double>(values_.size());
  }
  double largest() const {
    double most = 0;
    for (const double x : values_) most = std::max(most, std::abs(x));
    return most;
  }

 private:
  std::size_t size_;
  std::deque<double> values_;
  test::exact_sum sum_;
};

/// What rounding the sum once and the quotient once may cost.
double rounding(double mean) {
  const double next = std::nextafter(std::abs(mean), std::numeric_limits<double>::infinity());
  return 1.5 * (next - std::abs(mean));
}

test::runner average_of(std::size_t size) {
  return test::runner(make_function<functions::moving_average>("moving_average"),
                      {{"field", {"x"}}, {"size", {size}}});
}

/// Feeds what `next` makes, and calls check(error, mean, window) for every average.
template <class Next, class Check>
void compare(std::size_t size, std::size_t n, Next next, Check check) {
  auto r = average_of(size);
  exact_window window(size);
  for (std::size_t done = 0; done < n && !testing::Test::HasFailure();) {
    std::vector<test::point> points;
    for (; points.size() < 1000 && done < n; ++done) points.push_back({.fields = {{"x", next()}}});
    const auto out = r.feed(points);
    ASSERT_EQ(out.points.size(), points.size());
    for (std::size_t i = 0; i < points.size(); ++i) {
      window.push(*points[i].number("x"));
      const double mean = *out.points[i].number("avg");
      check(window.error_of(mean), mean, window);
    }
  }
}

const auto sizes = {1u, 2u, 3u, 10u, 100u};

TEST(MovingAverage, OfValuesFarFromZeroIsRightToTheLastDigit) {
  test::sample random(1);
  for (const auto size : sizes) {
    compare(
        size, 10'000, [&] { return 1e9 + random.part(); },
        [](double error, double mean, const auto&) { ASSERT_LE(error, rounding(mean)); });
  }
}

TEST(MovingAverage, OfIntsBeyondTheDoublesIsRightForTheirNearestDoubles) {
  test::sample random(2);
  for (const auto size : sizes) {
    compare(
        size, 10'000,
        [&] { return (std::int64_t{1} << 53) + static_cast<std::int64_t>(random.below(1000)); },
        [](double error, double mean, const auto&) { ASSERT_LE(error, rounding(mean)); });
  }
}

TEST(MovingAverage, ForgetsHugeValuesWhenTheyHaveLeft) {
  test::sample random(3);
  for (const auto size : sizes) {
    compare(
        size, 10'000,
        [&] { return random.one_in(50) ? (random.one_in(2) ? 1e300 : -1e300) : random.part(); },
        [](double error, double mean, const auto& window) {
          ASSERT_LE(error, window.largest() > 1 ? rounding(1e300) : 1e-13 * mean);
        });
  }
}

TEST(MovingAverage, OfAnyDoublesIsRightAsFarAsTwoDoublesHoldTheSum) {
  test::sample random(4);
  for (const auto size : sizes) {
    std::size_t n = 0;
    compare(
        size, 10'000, [&] { return random.real() * 0x1p-100; },
        [&](double error, double mean, const auto& window) {
          // Each time the window has gone round, the sum is fresh.
          if (++n % size == 0) {
            ASSERT_LE(error, rounding(mean) + window.largest() * 0x1p-100);
          }
        });
  }
}

TEST(MovingAverage, OfTinyValuesIsNotZero) {
  test::sample random(5);
  compare(
      10, 5'000, [&] { return (1 + random.part()) * 1e-300; },
      [](double error, double mean, const auto&) { ASSERT_LE(error, rounding(mean)); });
}

TEST(MovingAverage, WhoseSumIsBeyondADoubleIsStillFiniteAndNear) {
  test::sample random(6);
  constexpr double most = std::numeric_limits<double>::max();
  auto r = average_of(10);
  std::deque<long double> window;
  for (int i = 0; i < 5'000; ++i) {
    const double x = random.one_in(2) ? most * random.part() : -most * random.part();
    window.push_back(x);
    if (window.size() > 10) window.pop_front();
    long double sum = 0;
    for (const auto y : window) sum += y;
    const auto out = r.feed(std::vector<test::point>{{.fields = {{"x", x}}}});
    const auto expected = sum / static_cast<long double>(window.size());
    ASSERT_NEAR(*out.points.at(0).number("avg") / most, static_cast<double>(expected / most),
                1e-15);
  }
}

TEST(MovingAverage, DoesNotDriftOverAMillionPoints) {
  test::sample random(7);
  test::session_driver driver(make_function<functions::moving_average>("moving_average"));
  driver.feed(test::init_request({{"field", {"value"}}, {"size", {1000}}}));
  driver.bytes().clear();
  exact_window window(1000);
  auto request = test::point_request("a", 1, 0);
  double last = 0;
  for (int i = 0; i < 1'000'000; ++i) {
    // A drift of the data, and noise of another magnitude: each sum is rounded.
    const double x = 0.1 * i + 1e-7 * random.part();
    (*request.mutable_point()->mutable_fieldsdouble())["value"] = x;
    window.push(x);
    driver.bytes().clear();
    driver.feed(request);
  }
  for (const auto& response : driver.responses()) last = response.point().fieldsdouble().at("avg");
  EXPECT_LE(window.error_of(last), rounding(last));
}

TEST(ExactSum, LosesNothing) {
  test::sample random(8);
  std::vector<double> values;
  for (int i = 0; i < 1000; ++i) values.push_back(random.real());
  test::exact_sum sum;
  for (const double x : values) sum.add(x);
  sum.add(0x1p-1074);
  for (const double x : values) sum.add(-x);
  EXPECT_EQ(sum.rounded(), 0x1p-1074);
}

}  // namespace
}  // namespace kapacitor::udf
