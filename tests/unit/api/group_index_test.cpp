#include <set>
#include <string>

#include <gtest/gtest.h>

#include <kapacitor/udf/detail/group_index.hpp>

namespace kapacitor::udf::detail {
namespace {

using outcome = group_index::outcome;

TEST(GroupIndex, NumbersGroupsInTheOrderTheyCome) {
  group_index index(100);
  EXPECT_EQ(index.find_or_add("a").number, 0u);
  EXPECT_EQ(index.find_or_add("").number, 1u);
  EXPECT_EQ(index.find_or_add("a").how, outcome::known);
  EXPECT_EQ(index.find_or_add("b").number, 2u);
  EXPECT_EQ(index.key(1), "");
  EXPECT_EQ(index.size(), 3u);
}

TEST(GroupIndex, FindsAHundredThousandGroupsAgain) {
  group_index index(1'000'000);
  for (std::uint32_t i = 0; i < 100'000; ++i) {
    const auto at = index.find_or_add("host=" + std::to_string(i));
    ASSERT_EQ(at.how, outcome::added);
    ASSERT_EQ(at.number, i);
  }
  for (std::uint32_t i = 0; i < 100'000; ++i) {
    const auto at = index.find_or_add("host=" + std::to_string(i));
    ASSERT_EQ(at.how, outcome::known);
    ASSERT_EQ(at.number, i);
  }
}

TEST(GroupIndex, PrefersToForgetAGroupThatIsNotUsed) {
  group_index index(3);
  for (const auto* key : {"a", "b", "c"}) index.find_or_add(key);
  EXPECT_EQ(index.find_or_add("d").how, outcome::replaced);  // all were used: the hand goes round
  const std::string kept = index.key(1) == "b" ? "b" : "c";
  index.find_or_add(kept);
  index.find_or_add("e");
  EXPECT_EQ(index.find_or_add(kept).how, outcome::known);
  EXPECT_EQ(index.size(), 3u);
  EXPECT_EQ(index.replaced(), 2u);
}

TEST(GroupIndex, StaysConsistentThroughManyReplacements) {
  group_index index(50);
  for (int i = 0; i < 20'000; ++i) {
    const auto key = std::to_string(i * 7919 % 200);
    const auto at = index.find_or_add(key);
    ASSERT_EQ(index.key(at.number), key);
    ASSERT_LE(index.size(), 50u);
    ASSERT_EQ(index.find_or_add(key).how, outcome::known);
  }
}

TEST(GroupIndex, FindsGroupsInWhateverOrderTheyComeAgain) {
  group_index index(1000);
  const auto key = [](int i) { return "host=" + std::to_string(i); };
  for (int i = 0; i < 100; ++i) index.find_or_add(key(i));
  // In order, backwards, the same one again and again, and in no order.
  for (int i = 0; i < 100; ++i) EXPECT_EQ(index.find_or_add(key(i)).number, i);
  for (int i = 99; i >= 0; --i) EXPECT_EQ(index.find_or_add(key(i)).number, i);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(index.find_or_add(key(42)).number, 42);
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(index.find_or_add(key(i * i % 100)).number, i * i % 100);
}

TEST(GroupIndex, DoesNotTakeAGroupForTheOneThatHadItsPlace) {
  group_index index(2);
  index.find_or_add("a");
  index.find_or_add("b");
  index.find_or_add("a");
  index.find_or_add("b");  // after "a" comes "b"
  index.find_or_add("a");
  const auto c = index.find_or_add("c");  // takes one of the two places
  EXPECT_EQ(c.how, outcome::replaced);
  EXPECT_EQ(index.key(c.number), "c");
  EXPECT_EQ(index.find_or_add("c").how, outcome::known);
  EXPECT_EQ(index.find_or_add(c.number == 0 ? "a" : "b").how, outcome::replaced);
}

TEST(GroupIndex, MakesRoomForManyAtOnceAndGoesOnGrowing) {
  group_index index(1'000'000);
  index.find_or_add("first");
  index.reserve(1000);
  for (int i = 0; i < 5000; ++i)
    ASSERT_EQ(index.find_or_add(std::to_string(i)).how, outcome::added);
  EXPECT_EQ(index.find_or_add("first").number, 0u);
  EXPECT_EQ(index.find_or_add("4999").number, 5000u);
}

}  // namespace
}  // namespace kapacitor::udf::detail
