#include "signal/math.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include <gtest/gtest.h>

#include "signal/normal.hpp"

namespace kapacitor::generator {
namespace {

TEST(Math, SineAgreesWithTheLibrarysOverManyTurns) {
  for (double turns = -3.0; turns < 3.0; turns += 0.00037) {
    ASSERT_NEAR(sine_of(phase_of_turns(turns)), std::sin(2 * M_PI * turns), 1e-9) << turns;
  }
}

TEST(Math, PhaseOfATimeIsItsPartOfThePeriod) {
  EXPECT_EQ(phase_of_time(0, 7), 0U);
  EXPECT_EQ(phase_of_time(15, 60), std::uint64_t{1} << 62U);
  EXPECT_EQ(phase_of_time(60 * 1'000'000 + 15, 60), std::uint64_t{1} << 62U);
  EXPECT_EQ(phase_of_time(-45, 60), std::uint64_t{1} << 62U);
}

TEST(Math, ExponentialAgreesWithTheLibrarys) {
  for (double x = -650; x < 650; x += 0.37) {
    ASSERT_NEAR(natural_exp(x) / std::exp(x), 1.0, 1e-12) << x;
  }
  EXPECT_EQ(natural_exp(-1e6), 0.0);
}

TEST(Math, LogarithmAgreesWithTheLibrarys) {
  for (double x = 1e-300; x < 1e300; x *= 1.7) {
    ASSERT_NEAR(natural_log(x), std::log(x), 1e-11 * std::max(1.0, std::fabs(std::log(x)))) << x;
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

double below(double x) {
  return 0.5 * std::erfc(-x / std::sqrt(2.0));
}

TEST(RandomStream, IsNormalInEveryPartOfItsRange) {
  const random_stream random{7};
  constexpr int draws = 1'000'000;
  std::map<int, int> counts;  // by width 0.5, what lies beyond 4 together
  for (std::int64_t n = 0; n < draws; ++n) {
    ++counts[static_cast<int>(std::floor(std::clamp(normal(random, n), -4.0, 4.0) * 2))];
  }
  double deviation = 0;
  for (int i = -8; i < 8; ++i) {
    const double from = i == -8 ? 0 : below(i / 2.0), to = i == 7 ? 1 : below((i + 1) / 2.0);
    const double expected = draws * (to - from);
    const double found = counts[i] + (i == 7 ? counts[8] : 0);
    deviation += (found - expected) * (found - expected) / expected;
  }
  EXPECT_LT(deviation, 37.7);  // chi-squared with 15 degrees of freedom: 1 in 1,000 is above
}

TEST(RandomStream, OfNeighbouringPathsHaveNothingInCommon) {
  const random_stream a{1, 0, 0}, b{1, 1, 0}, c{1, 0, 1};
  double ab = 0, ac = 0;
  for (std::int64_t n = 0; n < 50'000; ++n) {
    ab += normal(a, n) * normal(b, n);
    ac += normal(a, n) * normal(c, n);
  }
  EXPECT_NEAR(ab / 50'000, 0, 0.02);
  EXPECT_NEAR(ac / 50'000, 0, 0.02);
}

}  // namespace
}  // namespace kapacitor::generator
