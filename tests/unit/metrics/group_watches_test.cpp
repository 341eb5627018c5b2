#include "metrics/group_watches.hpp"

#include <chrono>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "metrics/group_tap.hpp"
#include "metrics/scoreboard.hpp"

namespace kapacitor::udf::metrics {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t seat = 3;

std::chrono::nanoseconds now() {
  return std::chrono::steady_clock::now().time_since_epoch();
}

/// A connection that is watched, as its thread would show its points.
class GroupWatches : public testing::Test {
 protected:
  watched_group ask(const std::string& group, const std::string& since = "") {
    return board_.watch(seat, {.group = group, .since = since});
  }
  void answer(const std::string& group, std::int64_t time, double value) {
    const field fields[] = {{"value", value}, {"text", "left out"}, {"alarm", true}};
    tap_.answered(group, time, fields);
  }

  scoreboard board_;
  group_tap tap_{board_.watches(), seat, board_.wanted(seat)};
};

TEST_F(GroupWatches, ShowNothingUnlessSomebodyAsks) {
  EXPECT_FALSE(tap_.is_watched(now()));
  answer("a", 1, 1);
  EXPECT_TRUE(ask("a").points.empty());
  EXPECT_TRUE(tap_.is_watched(now()));
  EXPECT_FALSE(tap_.is_watched(now() + group_watches::lasts + 1s)) << "nobody asks any more";
  EXPECT_EQ(board_.wanted(seat).load(), 0u);
}

TEST_F(GroupWatches, ShowTheGroupThatIsAskedForOnce) {
  auto seen = ask("a");
  ASSERT_TRUE(tap_.is_watched(now()));
  answer("a", 5, 1.5);
  answer("b", 6, 2);
  seen = ask("a", seen.next);
  ASSERT_EQ(seen.points.size(), 1u);
  const auto& p = seen.points[0];
  EXPECT_EQ(p.time, 5);
  EXPECT_EQ(p.answer, 1u);
  EXPECT_EQ(p.group.view(), "a");
  ASSERT_EQ(p.size, 2u) << "numbers and bools";
  EXPECT_EQ(p.fields[0].name.view(), "value");
  EXPECT_EQ(p.fields[0].value, 1.5);
  EXPECT_EQ(p.fields[1].is_bool, 1u);
  EXPECT_TRUE(ask("a", seen.next).points.empty());
  EXPECT_EQ(ask("a", "nonsense").points.size(), 1u);
  EXPECT_EQ(ask("a", "9.9.99999999999999999999").points.size(), 1u);
}

TEST_F(GroupWatches, ShowAnyGroupIfNoneIsNamed) {
  ask("");
  ASSERT_TRUE(tap_.is_watched(now()));
  answer("a", 1, 1);
  answer(std::string(500, 'x'), 1, 1);
  const auto seen = ask("");
  ASSERT_EQ(seen.points.size(), 2u);
  EXPECT_EQ(seen.points[1].group.view(), std::string(120, 'x'));
}

TEST_F(GroupWatches, KeepTheNewestAndSayHowManyWereMissed) {
  auto seen = ask("a");
  ASSERT_TRUE(tap_.is_watched(now()));
  constexpr std::size_t many = 2 * group_watch::kept;
  for (std::size_t i = 1; i <= many; ++i) answer("a", static_cast<std::int64_t>(i), 0);
  seen = ask("a", seen.next);
  EXPECT_EQ(seen.points.back().time, static_cast<std::int64_t>(many));
  EXPECT_EQ(seen.points.size() + seen.missed, many);
  EXPECT_EQ(seen.points.size(), group_watch::kept - 1);
}

TEST_F(GroupWatches, AreFewAndFreeAgainWhenNobodyAsks) {
  group_watches& all = board_.watches();
  const auto ask_at = [&](const std::string& group, std::chrono::nanoseconds when) {
    return all.ask(seat, {.group = group}, when, [](std::size_t) {}).what;
  };
  const auto start = now();
  for (std::size_t i = 0; i < group_watches::most; ++i)
    EXPECT_EQ(ask_at("g" + std::to_string(i), start), watched_group::how::seen);
  EXPECT_EQ(ask_at("one more", start), watched_group::how::too_many);
  EXPECT_EQ(ask_at("g0", start), watched_group::how::seen) << "the same once more";
  EXPECT_EQ(ask_at("one more", start + 3 * group_watches::lasts), watched_group::how::seen);
}

TEST_F(GroupWatches, ShowNothingOfTheOrderBefore) {
  ask("a");
  ASSERT_TRUE(tap_.is_watched(now()));
  answer("a", 1, 1);
  const auto later = now() + 3 * group_watches::lasts;
  const auto seen = board_.watches().ask(seat + 1, {.group = "b"}, later, [](std::size_t) {});
  EXPECT_TRUE(seen.points.empty());
  EXPECT_FALSE(tap_.is_watched(later)) << "that watch is another connection's now";
}

TEST_F(GroupWatches, OfNoSeatIsNoTask) {
  EXPECT_EQ(board_.watch(scoreboard::nowhere, {}).what, watched_group::how::no_such_task);
}

}  // namespace
}  // namespace kapacitor::udf::metrics
