#include <locale>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/line/batch.hpp"
#include "base/line/escape.hpp"
#include "base/line/number.hpp"

namespace kapacitor::generator {
namespace {

std::string decimal(double value, int decimals) {
  char text[48];
  return {text, write_decimal(text, value, decimals)};
}

/// Writes 1.234,5 for 1234.5, as in Germany.
struct german_numbers : std::numpunct<char> {
  char do_decimal_point() const override { return ','; }
  char do_thousands_sep() const override { return '.'; }
  std::string do_grouping() const override { return "\3"; }
};

TEST(Decimal, IsRoundedToItsPlacesAndShowsThemAll) {
  EXPECT_EQ(decimal(1.2345, 3), "1.235");
  EXPECT_EQ(decimal(1.2, 3), "1.200");
  EXPECT_EQ(decimal(-1.2344, 3), "-1.234");
  EXPECT_EQ(decimal(0.05, 1), "0.1");
  EXPECT_EQ(decimal(12.0, 0), "12");
  EXPECT_EQ(decimal(1e9, 9), "1000000000.000000000");
}

TEST(Decimal, HasNoNegativeZero) {
  EXPECT_EQ(decimal(-0.0001, 3), "0.000");
}

TEST(Decimal, IsCutOffWhereItsDigitsEnd) {
  EXPECT_EQ(decimal(1e300, 2), "90000000000000000.00");
  EXPECT_EQ(decimal(-1e300, 2), "-90000000000000000.00");
}

TEST(Decimal, DoesNotDependOnTheLocale) {
  const auto before = std::locale::global(std::locale(std::locale(), new german_numbers));
  const auto text = decimal(1234567.5, 2);
  std::locale::global(before);
  EXPECT_EQ(text, "1234567.50");
}

TEST(Escape, PutsABackslashBeforeWhatLineProtocolSplitsAt) {
  EXPECT_EQ(escape_measurement("a b,c=d"), "a\\ b\\,c=d");
  EXPECT_EQ(escape_key("a b,c=d"), "a\\ b\\,c\\=d");
}

TEST(Escape, KnowsTheNamesThatCannotBeWritten) {
  EXPECT_EQ(why_not_a_name("ok"), "");
  EXPECT_NE(why_not_a_name(""), "");
  EXPECT_NE(why_not_a_name("#x"), "");
  EXPECT_NE(why_not_a_name("x\\"), "");
  EXPECT_NE(why_not_a_name("x\ny"), "");
}

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
}  // namespace kapacitor::generator
