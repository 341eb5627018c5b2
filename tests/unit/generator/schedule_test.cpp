#include "run/schedule.hpp"

#include <gtest/gtest.h>

namespace kapacitor::generator {
namespace {

using namespace std::chrono_literals;

constexpr steady_time start{1000s};

TEST(Schedule, TicksAreTheIntervalApart) {
  const schedule s({1'000'000'000, 1}, start, 500);
  EXPECT_EQ(s.deadline(0), start);
  EXPECT_EQ(s.deadline(3), start + 3s);
  EXPECT_EQ(s.time(3), 500 + 3'000'000'000);
}

TEST(Schedule, DoesNotDriftAtARateThatIsNoDivisorOfASecond) {
  const schedule s(tick_interval::of_rate(20, 7'000), start, 0);  // 7 points/s, 20 per tick
  const std::int64_t ticks = 7 * 3600 * 24 * 365;
  EXPECT_EQ(s.offset(ticks), 20h * 24 * 365);
}

TEST(Schedule, CountsWhatIsDueToTheNanosecond) {
  const schedule s(tick_interval::of_rate(1, 3'000), start, 0);
  EXPECT_EQ(s.due(start - 1ns), 0);
  EXPECT_EQ(s.due(start), 1);
  for (std::int64_t tick = 1; tick < 1000; ++tick) {
    EXPECT_EQ(s.due(s.deadline(tick)), tick + 1);
    EXPECT_EQ(s.due(s.deadline(tick) - 1ns), tick);
  }
}

TEST(Schedule, TimesStrictlyIncreaseUpToAPointPerNanosecond) {
  const schedule s(tick_interval::of_rate(1, 999'999'999'999), start, 0);
  for (std::int64_t tick = 0; tick < 100'000; ++tick) ASSERT_LT(s.time(tick), s.time(tick + 1));
}

TEST(Schedule, TakesTheLargestScenario) {
  const schedule s(tick_interval::of_rate(1'000'000, 1), start, 0);
  EXPECT_EQ(s.offset(1), 1'000'000'000s);
}

}  // namespace
}  // namespace kapacitor::generator
