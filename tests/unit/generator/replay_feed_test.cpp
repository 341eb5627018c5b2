#include <map>
#include <set>

#include "replay_feed_fixture.hpp"

namespace generator_test {
namespace {

using namespace std::chrono_literals;
using kapacitor::steady_time;

constexpr auto start = replay_start;

TEST_F(ReplayFeedTest, MakesAPointWhenItIsDueAndSleepsUntilTheNext) {
  seconds(3);
  auto& feed = make();
  feed.produce(start, to);
  EXPECT_EQ(lines().size(), 1U);
  EXPECT_EQ(feed.wake(start, to), start + 1s);
  feed.produce(start + 999ms, to);
  EXPECT_EQ(lines().size(), 1U);
  feed.produce(start + 1s, to);
  EXPECT_EQ(lines().size(), 2U);
  feed.produce(start + 2s, to);
  EXPECT_TRUE(feed.finished());
  EXPECT_EQ(feed.wake(start + 2s, to), steady_time::max());
  EXPECT_EQ(times(), (std::vector<std::int64_t>{100 * second, 101 * second, 102 * second}));
}

TEST_F(ReplayFeedTest, SpeedDividesTheDistances) {
  seconds(121);
  plan.speed = 60;
  auto& feed = make();
  feed.produce(start + 1s, to);
  EXPECT_EQ(feed.made(), 61U);
  feed.produce(start + 1999ms, to);
  EXPECT_EQ(feed.made(), 120U);
  feed.produce(start + 2s, to);
  EXPECT_EQ(feed.made(), 121U);
}

TEST_F(ReplayFeedTest, DoesNotDriftWhenItWakesLate) {
  seconds(100);
  auto& feed = make();
  for (int i = 0; i < 50; ++i) feed.produce(start + i * 1s + 700ms, to);
  EXPECT_EQ(feed.made(), 50U);
  EXPECT_EQ(feed.wake(start + 49s + 700ms, to), start + 50s);
  EXPECT_EQ(feed.lateness().max(), 700ms);
  EXPECT_EQ(feed.lateness().count(), 50U);
}

TEST_F(ReplayFeedTest, RebaseShiftsTheFirstPointToTheStart) {
  seconds(3);
  plan.rebase = true;
  make().produce(start + 10s, to);
  EXPECT_EQ(times(),
            (std::vector<std::int64_t>{some_time, some_time + second, some_time + 2 * second}));
}

TEST_F(ReplayFeedTest, RebaseRefusesToLeaveTheRangeOfTimes) {
  file("x.lp", "m v=1 -9000000000000000000\nm v=2 0\n");
  plan.rebase = true;
  EXPECT_THROW(make(), kapacitor::usage_error);
}

TEST_F(ReplayFeedTest, LoopsWithTheMedianDistanceBetweenPasses) {
  seconds(3);
  plan.loop = true;
  auto& feed = make();
  feed.produce(start + 7s, to);
  EXPECT_FALSE(feed.finished());
  const auto all = times();
  ASSERT_EQ(all.size(), 8U);
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(all[i], (100 + static_cast<std::int64_t>(i)) * second);
  }
  EXPECT_EQ(lines()[3], "m v=0 103000000000");
}

TEST_F(ReplayFeedTest, ALoopOfOnePointGoesOnSecondBySecond) {
  seconds(1);
  plan.loop = true;
  plan.points = 3;
  make().produce(start + 10s, to);
  EXPECT_EQ(times(), (std::vector<std::int64_t>{100 * second, 101 * second, 102 * second}));
  EXPECT_TRUE(made->finished());
}

TEST_F(ReplayFeedTest, ALoopEndsWhereTimesEnd) {
  file("x.lp", "m v=1 -9000000000000000000\nm v=2 200000000000000000\n");
  plan.loop = true;
  plan.speed = 0;
  auto& feed = make();
  feed.produce(start, to);
  EXPECT_TRUE(feed.finished());
  EXPECT_EQ(lines().size(), 2U);
}

TEST_F(ReplayFeedTest, StopsAfterItsPointsOrItsDuration) {
  seconds(10);
  plan.points = 4;
  make().produce(start + 100s, to);
  EXPECT_EQ(lines().size(), 4U);
  EXPECT_TRUE(made->finished());
  got.clear();
  plan.points = 0;
  plan.speed = 2;
  plan.duration = 3s;
  make().produce(start + 100s, to);
  EXPECT_EQ(lines().size(), 6U);
  EXPECT_TRUE(made->finished());
}

TEST_F(ReplayFeedTest, AtFullSpeedWaitsForNothingButItsSink) {
  seconds(1000);
  plan.speed = 0;
  plan.batch.points = 100;
  to.busy_from = 4;
  auto& feed = make();
  feed.produce(start, to);
  EXPECT_EQ(got.size(), 4U);
  EXPECT_EQ(feed.wake(start, to), steady_time::max());
  to.busy_from = SIZE_MAX;
  EXPECT_EQ(feed.wake(start, to), steady_time::min());
  feed.produce(start, to);
  EXPECT_TRUE(feed.finished());
  EXPECT_EQ(lines().size(), 1000U);
}

TEST_F(ReplayFeedTest, CollectsPointsUntilTheFlushIsDue) {
  seconds(100);
  plan.speed = 100;
  auto& feed = make();
  for (int ms = 0; ms < 90; ms += 10) feed.produce(start + ms * 1ms, to);
  EXPECT_EQ(got.size(), 0U);
  feed.produce(start + 90ms, to);
  ASSERT_EQ(got.size(), 1U) << "the next point would come too late to join";
  EXPECT_EQ(got[0].points, 10U);
  EXPECT_EQ(got[0].due, start);
}

TEST_F(ReplayFeedTest, StopHandsOnWhatThereIs) {
  seconds(100);
  plan.speed = 100;
  auto& feed = make();
  feed.produce(start, to);
  EXPECT_EQ(got.size(), 0U);
  feed.stop(to);
  EXPECT_EQ(lines().size(), 1U);
  EXPECT_TRUE(feed.finished());
}

TEST_F(ReplayFeedTest, TimesAreWrittenInTheirUnitRoundedDown) {
  file("x.lp", "m v=1 -1500000000\nm v=2 1999999999\n");
  plan.speed = 0;
  plan.time_unit = second;
  make().produce(start, to);
  EXPECT_EQ(times(), (std::vector<std::int64_t>{-2, 1}));
}

TEST_F(ReplayFeedTest, ShardsHaveWholeSeriesAndTogetherEverything) {
  std::string text;
  for (int i = 0; i < 1000; ++i) {
    text += "m,host=h" + std::to_string(i % 20) + " v=" + std::to_string(i) + ' ' +
            std::to_string(i) + '\n';
  }
  file("x.lp", text);
  settings.loop = true;
  settings.points = 2500;
  auto whole = lines_of(all());
  ASSERT_EQ(whole.size(), 2500U);
  std::map<std::string, std::uint32_t> shard_of;
  std::set<std::string> parts;
  for (std::uint32_t k = 0; k < 3; ++k) {
    const auto part = lines_of(all({k, 3}));
    EXPECT_GT(part.size(), 100U);
    for (const auto& line : part) {
      const auto series = line.substr(0, line.find(' '));
      EXPECT_EQ(shard_of.emplace(series, k).first->second, k);
      EXPECT_TRUE(parts.insert(line).second);
    }
  }
  EXPECT_EQ(parts, (std::set<std::string>(whole.begin(), whole.end())));
}

TEST_F(ReplayFeedTest, AShardWithoutSeriesIsFinishedThoughItLoops) {
  seconds(3);
  settings.loop = true;
  settings.points = 6;
  EXPECT_EQ(lines_of(all({0, 2}) + all({1, 2})).size(), 6U);
}

}  // namespace
}  // namespace generator_test
