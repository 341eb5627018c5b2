#include "replay/replay_feed.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "replayed.hpp"

namespace generator_test {
namespace {

using namespace std::chrono_literals;
using gen::steady_time;

constexpr steady_time start{5000s};

/// A replay with a clock that only the test moves.
class ReplayFeedTest : public testing::Test, protected Replayed {
 protected:
  /// One point a second, beginning with second 100, with its number for a value.
  void seconds(int count) {
    std::string text;
    for (int i = 0; i < count; ++i) {
      text += "m v=" + std::to_string(i) + ' ' + std::to_string((100 + i) * second) + '\n';
    }
    file("x.lp", text);
  }
  gen::replay_feed& make() {
    plan.start_time = some_time;
    gen::replay_feed::sink sink{[this](gen::batch&& b) { got.push_back(std::move(b)); },
                                [this] { return got.size() >= busy_from; },
                                [this](const gen::replay_label& l) { labels.push_back(l); }};
    return made.emplace(open(), plan, std::move(sink), start);
  }
  std::vector<std::string> lines() const {
    std::string all;
    for (const auto& b : got) all += b.lines;
    return lines_of(all);
  }
  std::vector<std::int64_t> times() const {
    std::vector<std::int64_t> result;
    for (const auto& l : lines()) result.push_back(std::stoll(l.substr(l.rfind(' ') + 1)));
    return result;
  }

  gen::replay_feed::plan plan;
  std::vector<gen::batch> got;
  std::size_t busy_from = SIZE_MAX;
  std::optional<gen::replay_feed> made;
};

TEST_F(ReplayFeedTest, MakesAPointWhenItIsDueAndSleepsUntilTheNext) {
  seconds(3);
  auto& feed = make();
  feed.produce(start);
  EXPECT_EQ(lines().size(), 1U);
  EXPECT_EQ(feed.wake(start), start + 1s);
  feed.produce(start + 999ms);
  EXPECT_EQ(lines().size(), 1U);
  feed.produce(start + 1s);
  EXPECT_EQ(lines().size(), 2U);
  feed.produce(start + 2s);
  EXPECT_TRUE(feed.finished());
  EXPECT_EQ(feed.wake(start + 2s), steady_time::max());
  EXPECT_EQ(times(), (std::vector<std::int64_t>{100 * second, 101 * second, 102 * second}));
}

TEST_F(ReplayFeedTest, SpeedDividesTheDistances) {
  seconds(121);
  plan.speed = 60;
  auto& feed = make();
  feed.produce(start + 1s);
  EXPECT_EQ(feed.made(), 61U);
  feed.produce(start + 1999ms);
  EXPECT_EQ(feed.made(), 120U);
  feed.produce(start + 2s);
  EXPECT_EQ(feed.made(), 121U);
}

TEST_F(ReplayFeedTest, DoesNotDriftWhenItWakesLate) {
  seconds(100);
  auto& feed = make();
  for (int i = 0; i < 50; ++i) feed.produce(start + i * 1s + 700ms);
  EXPECT_EQ(feed.made(), 50U);
  EXPECT_EQ(feed.wake(start + 49s + 700ms), start + 50s);
  EXPECT_EQ(feed.lateness().max(), 700ms);
  EXPECT_EQ(feed.lateness().count(), 50U);
}

TEST_F(ReplayFeedTest, RebaseShiftsTheFirstPointToTheStart) {
  seconds(3);
  plan.rebase = true;
  make().produce(start + 10s);
  EXPECT_EQ(times(),
            (std::vector<std::int64_t>{some_time, some_time + second, some_time + 2 * second}));
}

TEST_F(ReplayFeedTest, LoopsWithTheMedianDistanceBetweenPasses) {
  seconds(3);
  plan.loop = true;
  auto& feed = make();
  feed.produce(start + 7s);
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
  make().produce(start + 10s);
  EXPECT_EQ(times(), (std::vector<std::int64_t>{100 * second, 101 * second, 102 * second}));
  EXPECT_TRUE(made->finished());
}

TEST_F(ReplayFeedTest, ALoopEndsWhereTimesEnd) {
  file("x.lp", "m v=1 -9000000000000000000\nm v=2 200000000000000000\n");
  plan.loop = true;
  plan.speed = 0;
  auto& feed = make();
  feed.produce(start);
  EXPECT_TRUE(feed.finished());
  EXPECT_EQ(lines().size(), 2U);
}

TEST_F(ReplayFeedTest, StopsAfterItsPointsOrItsDuration) {
  seconds(10);
  plan.points = 4;
  make().produce(start + 100s);
  EXPECT_EQ(lines().size(), 4U);
  EXPECT_TRUE(made->finished());
  got.clear();
  plan.points = 0;
  plan.speed = 2;
  plan.duration = 3s;
  make().produce(start + 100s);
  EXPECT_EQ(lines().size(), 6U);
  EXPECT_TRUE(made->finished());
}

TEST_F(ReplayFeedTest, AtFullSpeedWaitsForNothingButItsSink) {
  seconds(1000);
  plan.speed = 0;
  plan.batch.points = 100;
  busy_from = 4;
  auto& feed = make();
  feed.produce(start);
  EXPECT_EQ(got.size(), 4U);
  EXPECT_EQ(feed.wake(start), steady_time::max());
  busy_from = SIZE_MAX;
  EXPECT_EQ(feed.wake(start), steady_time::min());
  feed.produce(start);
  EXPECT_TRUE(feed.finished());
  EXPECT_EQ(lines().size(), 1000U);
}

TEST_F(ReplayFeedTest, CollectsPointsUntilTheFlushIsDue) {
  seconds(100);
  plan.speed = 100;
  auto& feed = make();
  for (int ms = 0; ms < 90; ms += 10) feed.produce(start + ms * 1ms);
  EXPECT_EQ(got.size(), 0U);
  feed.produce(start + 90ms);
  ASSERT_EQ(got.size(), 1U) << "the next point would come too late to join";
  EXPECT_EQ(got[0].points, 10U);
  EXPECT_EQ(got[0].due, start);
}

TEST_F(ReplayFeedTest, StopHandsOnWhatThereIs) {
  seconds(100);
  plan.speed = 100;
  auto& feed = make();
  feed.produce(start);
  EXPECT_EQ(got.size(), 0U);
  feed.stop();
  EXPECT_EQ(lines().size(), 1U);
  EXPECT_TRUE(feed.finished());
}

TEST_F(ReplayFeedTest, TimesAreWrittenInTheirUnitRoundedDown) {
  file("x.lp", "m v=1 -1500000000\nm v=2 1999999999\n");
  plan.speed = 0;
  plan.time_unit = second;
  make().produce(start);
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

/// A file of NAB's kind, a point a minute, with windows from minute 2 to 4 and from 7 to 8.
class ReplayLabelTest : public ReplayFeedTest {
 protected:
  ReplayLabelTest() {
    std::string text = "timestamp,value\n";
    for (int i = 0; i < 10; ++i) text += "2024-01-01 00:0" + std::to_string(i) + ":00,1\n";
    std::filesystem::create_directory(folder.path() / "real");
    file("real/x.csv", text);
    windows(R"({"other/x.csv": [], "real/x.csv": [
      ["2024-01-01 00:01:30.000000", "2024-01-01 00:04:00.000000"],
      ["2024-01-01 00:07:00.000000", "2024-01-01 00:08:59.000000"]]})");
    settings.nab_windows = folder / "windows.json";
    plan.speed = 60;
  }
  void windows(const std::string& json) { test_support::write_file(folder / "windows.json", json); }
  static std::int64_t at(double minute) {
    return 1704067200 * second + static_cast<std::int64_t>(minute * 60) * second;
  }
  void expect_label(std::size_t i, std::int64_t from, std::int64_t to, bool truncated) const {
    ASSERT_LT(i, labels.size());
    EXPECT_EQ(labels[i].start_ns, from);
    EXPECT_EQ(labels[i].end_ns, to);
    EXPECT_EQ(labels[i].truncated, truncated);
  }
};

TEST_F(ReplayLabelTest, AreToldWhenTheirLastPointHasBeenMade) {
  auto& feed = make();
  feed.produce(start + 3999ms);
  EXPECT_TRUE(labels.empty());
  feed.produce(start + 4s);
  ASSERT_EQ(labels.size(), 1U);
  EXPECT_EQ(labels[0].file, "real/x.csv");
  EXPECT_EQ(labels[0].measurement, "x");
  EXPECT_EQ(labels[0].field, "value");
  expect_label(0, at(1.5), at(4), false);
  feed.produce(start + 20s);
  ASSERT_EQ(labels.size(), 2U);
  expect_label(1, at(7), at(8) + 59 * second, false);
}

TEST_F(ReplayLabelTest, AreShiftedAsThePointsAreAndComeAgainWithEveryPass) {
  plan.rebase = true;
  plan.loop = true;
  make().produce(start + 19s);
  ASSERT_EQ(labels.size(), 4U);
  const auto shift = some_time - at(0);
  expect_label(0, at(1.5) + shift, at(4) + shift, false);
  expect_label(2, at(11.5) + shift, at(14) + shift, false);
}

TEST_F(ReplayLabelTest, AreTruncatedWhereTheReplayStopsWithinThem) {
  auto& feed = make();
  feed.produce(start + 3s);
  feed.stop();
  ASSERT_EQ(labels.size(), 1U);
  expect_label(0, at(1.5), at(3), true);
}

TEST_F(ReplayLabelTest, AreTruncatedWhereUntilCutsThem) {
  settings.from = at(3);
  settings.until = at(8);
  make().produce(start + 100s);
  ASSERT_EQ(labels.size(), 2U);
  expect_label(0, at(3), at(4), false);
  expect_label(1, at(7), at(7), true);
}

TEST_F(ReplayLabelTest, AreToldByOneShardOnly) {
  plan.speed = 0;
  for (std::uint32_t k = 0; k < 4; ++k) {
    plan.shard = {k, 4};
    make().produce(start);
    EXPECT_TRUE(made->finished());
  }
  EXPECT_EQ(labels.size(), 2U);
}

TEST_F(ReplayLabelTest, RefusesWindowsThatAreNone) {
  windows("[]");
  EXPECT_TRUE(refusal().starts_with("windows.json: is no JSON of windows: allowed is {"));
  windows(R"({"y.csv": []})");
  EXPECT_TRUE(refusal().starts_with("windows.json: does not name ")) << refusal();
  windows(R"({"x.csv": [["2024-01-01 00:01:30"]]})");
  EXPECT_TRUE(
      refusal().starts_with("windows.json: '[\"2024-01-01 00:01:30\"]' of x.csv is no window"));
  windows(R"({"x.csv": [["2024-01-01 00:01:30", 7]]})");
  EXPECT_TRUE(refusal().starts_with("windows.json: '7' of x.csv is no time"));
}

}  // namespace
}  // namespace generator_test
