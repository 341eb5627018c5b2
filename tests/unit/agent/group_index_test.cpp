#include <gtest/gtest.h>

#include <set>
#include <string>

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

}  // namespace
}  // namespace kapacitor::udf::detail
