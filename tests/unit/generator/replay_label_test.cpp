#include <filesystem>

#include "replay_feed_fixture.hpp"

namespace generator_test {
namespace {

using namespace std::chrono_literals;

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
  void expect_label(std::size_t i, std::int64_t first, std::int64_t last, bool truncated) const {
    ASSERT_LT(i, labels.size());
    EXPECT_EQ(labels[i].start_ns, first);
    EXPECT_EQ(labels[i].end_ns, last);
    EXPECT_EQ(labels[i].truncated, truncated);
  }
};

TEST_F(ReplayLabelTest, AreToldWhenTheirLastPointHasBeenMade) {
  auto& feed = make();
  feed.produce(replay_start + 3999ms, to);
  EXPECT_TRUE(labels.empty());
  feed.produce(replay_start + 4s, to);
  ASSERT_EQ(labels.size(), 1U);
  EXPECT_EQ(labels[0].file, "real/x.csv");
  EXPECT_EQ(labels[0].measurement, "x");
  EXPECT_EQ(labels[0].field, "value");
  expect_label(0, at(1.5), at(4), false);
  feed.produce(replay_start + 20s, to);
  ASSERT_EQ(labels.size(), 2U);
  expect_label(1, at(7), at(8) + 59 * second, false);
}

TEST_F(ReplayLabelTest, AreShiftedAsThePointsAreAndComeAgainWithEveryPass) {
  plan.rebase = true;
  plan.loop = true;
  make().produce(replay_start + 19s, to);
  ASSERT_EQ(labels.size(), 4U);
  const auto shift = some_time - at(0);
  expect_label(0, at(1.5) + shift, at(4) + shift, false);
  expect_label(2, at(11.5) + shift, at(14) + shift, false);
}

TEST_F(ReplayLabelTest, AreTruncatedWhereTheReplayStopsWithinThem) {
  auto& feed = make();
  feed.produce(replay_start + 3s, to);
  feed.stop(to);
  ASSERT_EQ(labels.size(), 1U);
  expect_label(0, at(1.5), at(3), true);
}

TEST_F(ReplayLabelTest, AreTruncatedWhereUntilCutsThem) {
  settings.from = at(3);
  settings.until = at(8);
  make().produce(replay_start + 100s, to);
  ASSERT_EQ(labels.size(), 2U);
  expect_label(0, at(3), at(4), false);
  expect_label(1, at(7), at(7), true);
}

TEST_F(ReplayLabelTest, AreToldByOneShardOnly) {
  plan.speed = 0;
  for (std::uint32_t k = 0; k < 4; ++k) {
    plan.shard = {k, 4};
    make().produce(replay_start, to);
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
  EXPECT_TRUE(refusal().starts_with(
      "windows.json: \"[\\\"2024-01-01 00:01:30\\\"]\" of x.csv is no window"));
  windows(R"({"x.csv": [["2024-01-01 00:01:30", 7]]})");
  EXPECT_TRUE(refusal().starts_with("windows.json: \"7\" of x.csv is no time"));
}

}  // namespace
}  // namespace generator_test
