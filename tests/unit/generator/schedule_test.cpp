#include "run/schedule.hpp"

#include <gtest/gtest.h>

namespace kapacitor::generator {
namespace {

using namespace std::chrono_literals;

constexpr steady_time start{1000s};

TEST(Schedule, TicksAreTheIntervalApart) {
  const schedule s({}, start, 500);
  EXPECT_EQ(s.deadline(0), start);
  EXPECT_EQ(s.deadline(3), start + 3s);
  EXPECT_EQ(s.time(3), 500 + 3'000'000'000);
}

TEST(Schedule, DoesNotDriftAtARateThatIsNoDivisorOfASecond) {
  const schedule s({tick_interval::of_rate(20, 7'000)}, start, 0);  // 7 points/s, 20 per tick
  const auto ticks = std::int64_t{7} * 3600 * 24 * 365;
  EXPECT_EQ(s.offset(ticks), 20h * 24 * 365);
}

TEST(Schedule, CountsWhatIsDueToTheNanosecond) {
  const schedule s({tick_interval::of_rate(1, 3'000)}, start, 0);
  EXPECT_EQ(s.due(start - 1ns), 0);
  EXPECT_EQ(s.due(start), 1);
  for (std::int64_t tick = 1; tick < 1000; ++tick) {
    EXPECT_EQ(s.due(s.deadline(tick)), tick + 1);
    EXPECT_EQ(s.due(s.deadline(tick) - 1ns), tick);
  }
}

TEST(Schedule, TimesStrictlyIncreaseUpToAPointPerNanosecond) {
  const schedule s({tick_interval::of_rate(1, 999'999'999'999)}, start, 0);
  for (std::int64_t tick = 0; tick < 100'000; ++tick) ASSERT_LT(s.time(tick), s.time(tick + 1));
}

TEST(Schedule, TakesTheLargestScenario) {
  const schedule s({tick_interval::of_rate(1'000'000, 1)}, start, 0);
  EXPECT_EQ(s.offset(1), 1'000'000'000s);
}

TEST(Schedule, ARampReachesTheRateAtItsEnd) {
  const schedule s({{1'000'000, 1}, 10s}, start, 0);  // 1 kHz
  EXPECT_EQ(s.elapsed(0), 0s);
  EXPECT_EQ(s.elapsed(5000), 10s) << "half the ticks that a steady rate would have made";
  EXPECT_EQ(s.elapsed(1250), 5s) << "a quarter of them in half the time";
  EXPECT_EQ(s.elapsed(6000), 11s);
  EXPECT_EQ(s.offset(6000), 6s) << "what signals are computed from does not know of the ramp";
  EXPECT_EQ(s.time(6000), 11'000'000'000);
}

TEST(Schedule, CountsWhatIsDueWithinARampToTheNanosecond) {
  const schedule s({tick_interval::of_rate(1, 700'000), 3'000'000'001ns}, start, 0);
  for (std::int64_t tick = 1; tick < 3000; ++tick) {
    ASSERT_LT(s.deadline(tick - 1), s.deadline(tick));
    ASSERT_EQ(s.due(s.deadline(tick)), tick + 1);
    ASSERT_EQ(s.due(s.deadline(tick) - 1ns), tick);
  }
}

TEST(Schedule, SpeedChangesWhenATickComesAndNotItsTime) {
  const schedule fast({{}, 0s, 60'000}, start, 0), slow({{}, 0s, 300}, start, 0);
  EXPECT_EQ(fast.deadline(60), start + 1s);
  EXPECT_EQ(fast.time(60), 60'000'000'000);
  EXPECT_EQ(fast.due(start + 1s), 61);
  EXPECT_EQ(slow.deadline(3), start + 10s);
  for (std::int64_t tick = 1; tick < 1000; ++tick) {
    ASSERT_EQ(slow.due(slow.deadline(tick)), tick + 1);
    ASSERT_EQ(slow.due(slow.deadline(tick) - 1ns), tick);
  }
}

TEST(Schedule, NothingWrapsAtTheEndsOfTime) {
  const auto far = std::chrono::nanoseconds::max().count();
  const schedule late({}, start, far - 5);
  EXPECT_EQ(late.time(1), far);
  const schedule slow({{far, 1}, 0ns, 1}, start, 0);  // a thousandth of the pace
  EXPECT_GT(slow.deadline(1), start + 24h * 365 * 99);
  // So many series and so odd a rate that points times 10^12 are more than 64 bits hold.
  const auto i = tick_interval::of_rate(100'000'000, 1'234'567);
  EXPECT_NEAR(static_cast<double>(i.numerator) / static_cast<double>(i.denominator),
              1e8 * 1e12 / 1'234'567, 1.0);
}

}  // namespace
}  // namespace kapacitor::generator
