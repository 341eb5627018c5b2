#include "signal/math.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "signal/random.hpp"

namespace kapacitor::generator {
namespace {

TEST(Math, SineAgreesWithTheLibrarysOverManyTurns) {
  for (double turns = -3.0; turns < 3.0; turns += 0.00037) {
    ASSERT_NEAR(sine_of_turns(turns), std::sin(2 * M_PI * turns), 1e-10) << turns;
  }
}

TEST(Math, LogarithmAgreesWithTheLibrarys) {
  for (double x = 1e-300; x < 1e300; x *= 1.7) {
    ASSERT_NEAR(natural_log(x), std::log(x), 1e-11 * std::max(1.0, std::fabs(std::log(x)))) << x;
  }
}

TEST(Math, NormalQuantileInvertsTheDistribution) {
  for (const double p : {1e-12, 1e-6, 0.01, 0.0749, 0.075, 0.3, 0.5, 0.7, 0.925, 0.99, 1 - 1e-9}) {
    const double x = normal_quantile(p);
    EXPECT_NEAR(0.5 * std::erfc(-x / std::sqrt(2.0)) / p, 1.0, 5e-6) << p;
  }
}

TEST(RandomStream, IsUniformBetweenZeroAndOne) {
  const random_stream random{1, 2, 3};
  double sum = 0;
  for (std::int64_t n = 0; n < 100'000; ++n) {
    const double u = random.uniform(n);
    ASSERT_GT(u, 0.0);
    ASSERT_LT(u, 1.0);
    sum += u;
  }
  EXPECT_NEAR(sum / 100'000, 0.5, 0.005);
}

TEST(RandomStream, IsNormalWithMeanZeroAndDeviationOne) {
  const random_stream random{7};
  double sum = 0, squares = 0;
  int beyond_two = 0;
  for (std::int64_t n = 0; n < 200'000; ++n) {
    const double x = random.normal(n);
    sum += x;
    squares += x * x;
    beyond_two += std::fabs(x) > 2 ? 1 : 0;
  }
  EXPECT_NEAR(sum / 200'000, 0, 0.01);
  EXPECT_NEAR(squares / 200'000, 1, 0.02);
  EXPECT_NEAR(beyond_two / 200'000.0, 0.0455, 0.003);
}

TEST(RandomStream, OfNeighbouringPathsHaveNothingInCommon) {
  const random_stream a{1, 0, 0}, b{1, 1, 0}, c{1, 0, 1};
  double ab = 0, ac = 0;
  for (std::int64_t n = 0; n < 50'000; ++n) {
    ab += a.normal(n) * b.normal(n);
    ac += a.normal(n) * c.normal(n);
  }
  EXPECT_NEAR(ab / 50'000, 0, 0.02);
  EXPECT_NEAR(ac / 50'000, 0, 0.02);
}

}  // namespace
}  // namespace kapacitor::generator
