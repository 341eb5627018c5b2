#include "base/line/batch.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace kapacitor {
namespace {

class BatcherTest : public testing::Test {
 protected:
  void line(const std::string& text) {
    char* to = out.begin_line(text.size());
    out.end_line(std::copy(text.begin(), text.end(), to));
  }

  std::vector<batch> got;
  batcher out{{3, 100}, [this](batch&& b) { got.push_back(std::move(b)); }};
};

TEST_F(BatcherTest, HandsOnWhatIsFull) {
  for (const auto* text : {"a\n", "b\n", "c\n", "d\n"}) line(text);
  ASSERT_EQ(got.size(), 1U);
  EXPECT_EQ(got[0].lines, "a\nb\nc\n");
  out.flush();
  ASSERT_EQ(got.size(), 2U);
  EXPECT_EQ(got[1].lines, "d\n");
  EXPECT_EQ(got[1].points, 1U);
}

TEST_F(BatcherTest, NeverExceedsItsBytes) {
  for (int i = 0; i < 4; ++i) line(std::string(59, 'x') + '\n');
  out.flush();
  ASSERT_EQ(got.size(), 4U);
}

TEST_F(BatcherTest, RemembersWhenItsFirstLineWasDue) {
  const steady_time start{std::chrono::seconds(5)};
  out.set_due(start);
  line("a\n");
  out.set_due(start + std::chrono::seconds(1));
  line("b\n");
  out.flush();
  EXPECT_EQ(got[0].due, start);
}

TEST_F(BatcherTest, FlushOfNothingHandsOnNothing) {
  out.flush();
  EXPECT_TRUE(got.empty());
}

TEST(Split, DoesNotCutWithinAString) {
  auto first = batch_of("m s=\"a\nb\" 1\nm s=\"c\" 2\n", 2, {});
  const auto second = split(first);
  EXPECT_EQ(first.lines, "m s=\"a\nb\" 1\n");
  EXPECT_EQ(second.lines, "m s=\"c\" 2\n");
}

TEST(Split, CutsAtALineAndLosesNothing) {
  batch first{"aaa\nb\ncc\n", 3, {}, 2};
  const auto second = split(first);
  EXPECT_EQ(first.lines, "aaa\nb\n");
  EXPECT_EQ(first.points, 2U);
  EXPECT_EQ(second.lines, "cc\n");
  EXPECT_EQ(second.points, 1U);
}

}  // namespace
}  // namespace kapacitor
