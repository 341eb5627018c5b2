#include "run/tick_feed.hpp"

#include <gtest/gtest.h>

#include "produced.hpp"

namespace generator_test {
namespace {

using namespace std::chrono_literals;
using kapacitor::steady_time;

constexpr steady_time first_tick{5000s};

class LiveSource : public gen::source {
 public:
  std::size_t points_per_tick() const override { return 1; }
  bool live() const override { return true; }
  void produce(const gen::tick& t, range, kapacitor::batcher& out) override {
    ticks.push_back(t.number);
    const auto line = "m v=1 " + std::to_string(t.time) + "\n";
    out.end_line(std::copy(line.begin(), line.end(), out.begin_line(line.size())));
  }
  std::vector<std::int64_t> ticks;
};

/// A feed with a clock that only the test moves. 20 series; one tick a second unless told else.
class FeedTest : public testing::Test {
 protected:
  FeedTest() { plan.start_time = some_time; }

  gen::feed& make(gen::source& from) {
    made.emplace(from, plan, first_tick);
    return *made;
  }
  /// With the points from the first one on.
  gen::feed& make() {
    source.emplace(gen::load_scenario("sensors"), gen::synthetic_source::options{});
    return make(*source);
  }
  std::size_t points() const {
    std::size_t sum = 0;
    for (const auto& b : got) sum += b.points;
    return sum;
  }
  std::string text() const {
    std::string all;
    for (const auto& b : got) all += b.lines;
    return all;
  }

  std::optional<gen::synthetic_source> source;
  gen::tick_feed::plan plan;
  kept_batches to;
  std::vector<kapacitor::batch>& got = to.got;
  std::optional<gen::tick_feed> made;
};

TEST_F(FeedTest, MakesATickWhenItIsDueAndSleepsUntilTheNext) {
  auto& feed = make();
  feed.produce(first_tick, to);
  EXPECT_EQ(points(), 20U);
  EXPECT_EQ(feed.wake(first_tick, to), first_tick + 1s);
  feed.produce(first_tick + 999ms, to);
  EXPECT_EQ(points(), 20U);
  feed.produce(first_tick + 1s, to);
  EXPECT_EQ(points(), 40U);
}

TEST_F(FeedTest, DoesNotDriftWhenItWakesLate) {
  auto& feed = make();
  for (int tick = 0; tick < 1000; ++tick) feed.produce(first_tick + tick * 1s + 700ms, to);
  EXPECT_EQ(points(), 20'000U);
  EXPECT_EQ(feed.wake(first_tick + 999s + 700ms, to), first_tick + 1000s);
  EXPECT_GE(feed.lateness().quantile(0.5), 690ms);
  EXPECT_EQ(feed.lateness().max(), 700ms);
}

TEST_F(FeedTest, CatchesUpWithWhatItMissed) {
  auto& feed = make();
  feed.produce(first_tick + 10s, to);
  EXPECT_EQ(points(), 11U * 20);
  const auto lines = lines_of(text());
  EXPECT_EQ(lines.front().substr(lines.front().rfind(' ') + 1), std::to_string(some_time));
  EXPECT_EQ(lines.back().substr(lines.back().rfind(' ') + 1),
            std::to_string(some_time + 10 * second));
}

TEST_F(FeedTest, MakesTheSameBytesHoweverItIsWoken) {
  auto& smooth = make();
  for (int ms = 0; ms <= 30'000; ms += 100) smooth.produce(first_tick + ms * 1ms, to);
  const auto expected = text();
  got.clear();
  gen::synthetic_source again{gen::load_scenario("sensors"), {}};
  make(again).produce(first_tick + 30s, to);
  EXPECT_EQ(text(), expected);
}

TEST_F(FeedTest, StopsAfterItsDuration) {
  plan.duration = 20s;
  auto& feed = make();
  feed.produce(first_tick + 100s, to);
  EXPECT_TRUE(feed.finished());
  EXPECT_EQ(points(), 400U);
  EXPECT_EQ(feed.wake(first_tick + 100s, to), steady_time::max());
}

TEST_F(FeedTest, StopsAfterItsPointsEvenWithinATick) {
  plan.points = 33;
  auto& feed = make();
  feed.produce(first_tick + 100s, to);
  EXPECT_TRUE(feed.finished());
  EXPECT_EQ(points(), 33U);
}

TEST_F(FeedTest, CollectsFastTicksUntilTheFlushIsDue) {
  plan.at.interval = {10'000'000, 1};  // 10 ms
  plan.flush = 100ms;
  auto& feed = make();
  for (int ms = 0; ms < 90; ms += 10) feed.produce(first_tick + ms * 1ms, to);
  EXPECT_EQ(got.size(), 0U);
  feed.produce(first_tick + 90ms, to);
  ASSERT_EQ(got.size(), 1U) << "the next tick would come too late to join";
  EXPECT_EQ(got[0].points, 10U * 20);
  EXPECT_EQ(got[0].due, first_tick);
}

TEST_F(FeedTest, AtFullSpeedWaitsForNothingButItsSink) {
  plan.at_once = true;
  plan.batch.points = 100;
  to.busy_from = 4;
  auto& feed = make();
  for (std::size_t turn = 1; turn <= 4; ++turn) {
    EXPECT_EQ(feed.wake(first_tick, to), steady_time::min());
    feed.produce(first_tick, to);
    EXPECT_EQ(got.size(), turn) << "the network gets its turn after each batch";
  }
  EXPECT_EQ(feed.wake(first_tick, to), steady_time::max());
  feed.produce(first_tick, to);
  EXPECT_EQ(got.size(), 4U);
  to.busy_from = 5;
  EXPECT_EQ(feed.wake(first_tick, to), steady_time::min());
  feed.produce(first_tick, to);
  EXPECT_EQ(got.size(), 5U);
}

TEST_F(FeedTest, ALiveSourceIsReadOnceForTheTicksItMissed) {
  LiveSource live;
  auto& feed = make(live);
  feed.produce(first_tick, to);
  EXPECT_EQ(points(), 0U) << "the first interval has yet to pass";
  feed.produce(first_tick + 1s, to);
  feed.produce(first_tick + 4s, to);
  EXPECT_EQ(live.ticks, (std::vector<std::int64_t>{1, 4}));
  EXPECT_EQ(feed.skipped(), 2);
}

TEST_F(FeedTest, ALiveSourceFillsItsDuration) {
  LiveSource live;
  plan.duration = 3s;
  auto& feed = make(live);
  for (int s = 0; s < 10; ++s) feed.produce(first_tick + s * 1s, to);
  EXPECT_EQ(live.ticks, (std::vector<std::int64_t>{1, 2, 3}));
  EXPECT_TRUE(feed.finished());
}

TEST_F(FeedTest, StopHandsOnWhatThereIs) {
  plan.at.interval = {10'000'000, 1};
  auto& feed = make();
  feed.produce(first_tick, to);
  EXPECT_EQ(points(), 0U);
  feed.stop(to);
  EXPECT_EQ(points(), 20U);
}

std::int64_t time_of_last(const std::string& text) {
  const auto lines = lines_of(text);
  return std::stoll(lines.back().substr(lines.back().rfind(' ') + 1));
}

TEST_F(FeedTest, JitterDelaysATickByUpToItsBoundAndKeepsItsTime) {
  plan.jitter = 400ms;
  plan.flush = 0ns;
  auto& feed = make();
  std::int64_t later = 0;
  for (std::int64_t tick = 0; tick < 200; ++tick) {
    const auto due = first_tick + tick * 1s;
    const auto wake = feed.wake(due, to);
    ASSERT_GE(wake, due);
    ASSERT_LE(wake, due + 400ms + 1ms);
    if (wake > due + 200ms) ++later;
    feed.produce(due + 400ms, to);
    ASSERT_EQ(points(), 20U * static_cast<std::size_t>(tick + 1));
    ASSERT_EQ(time_of_last(text()), some_time + tick * second);
  }
  EXPECT_GT(later, 60);
  EXPECT_LT(later, 140);
}

TEST_F(FeedTest, TicksStayInOrderWhereJitterIsWiderThanTheInterval) {
  plan.jitter = 5s;
  auto& feed = make();
  for (int ms = 0; ms < 100'000; ms += 100) feed.produce(first_tick + ms * 1ms, to);
  std::int64_t last = 0;
  for (const auto& b : got) {
    const auto time = time_of_last(std::string(b.lines));
    ASSERT_GT(time, last);
    last = time;
  }
  EXPECT_EQ(points(), std::size_t{20} * static_cast<std::size_t>((last - some_time) / second + 1));
  EXPECT_LT(feed.lateness().max(), 101ms) << "a tick is late only against what jitter made of it";
}

TEST_F(FeedTest, ARampDoesNotChangeTheValues) {
  plan.duration = 10s;
  make().produce(first_tick + 100s, to);
  const auto plain = lines_of(text());
  got.clear();
  plan.at.ramp = 10s;
  make().produce(first_tick + 100s, to);
  const auto ramped = lines_of(text());
  ASSERT_EQ(ramped.size(), plain.size() / 2);
  for (std::size_t i = 0; i < ramped.size(); ++i) {
    EXPECT_EQ(ramped[i].substr(0, ramped[i].rfind(' ')), plain[i].substr(0, plain[i].rfind(' ')));
  }
}

TEST_F(FeedTest, LeavesOutAndCountsWhatIsLateIfItIsToldTo) {
  plan.skip_late = true;
  auto& feed = make();
  feed.produce(first_tick, to);
  feed.produce(first_tick + 10s, to);
  EXPECT_EQ(points(), 2U * 20);
  EXPECT_EQ(time_of_last(text()), some_time + 10 * second);
  EXPECT_EQ(feed.skipped(), 9);
}

TEST_F(FeedTest, AFewMillisecondsAreNotLate) {
  plan.at.interval = {1'000'000, 1};  // 1 ms
  plan.skip_late = true;
  auto& feed = make();
  feed.produce(first_tick, to);
  feed.produce(first_tick + 9ms, to);
  feed.stop(to);
  EXPECT_EQ(points(), 10U * 20);
  EXPECT_EQ(feed.skipped(), 0);
}

TEST_F(FeedTest, TimesAreMultiplesOfTheUnit) {
  plan.unit = 1'000'000;
  auto& feed = make();
  feed.produce(first_tick + 2s, to);
  EXPECT_EQ(time_of_last(text()), (some_time + 2 * second) / 1'000'000);
}

TEST_F(FeedTest, TimesMayBeThoseOfTheSending) {
  std::int64_t clock = 7 * second;
  plan.clock = [&] { return clock; };
  auto& feed = make();
  feed.produce(first_tick, to);
  EXPECT_EQ(time_of_last(text()), 7 * second);
  clock -= second;  // set back
  feed.produce(first_tick + 1s, to);
  EXPECT_EQ(time_of_last(text()), 7 * second + 1) << "never the same twice";
  clock = 20 * second;
  feed.produce(first_tick + 2s, to);
  EXPECT_EQ(time_of_last(text()), 20 * second);
}

}  // namespace
}  // namespace generator_test
