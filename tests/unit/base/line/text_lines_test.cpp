#include "base/line/text_lines.hpp"

#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace kapacitor {
namespace {

TEST(TextLines, AreNumberedWhereTheyBeginThoughStringsHoldBreaks) {
  text_lines lines("# one\r\nm s=\"a\nb\" 1\n\nm v=1 2");
  std::vector<std::pair<std::uint64_t, std::string>> got;
  while (lines.next()) got.emplace_back(lines.number(), lines.line());
  EXPECT_EQ(got, (decltype(got){{1, "# one"}, {2, "m s=\"a\nb\" 1"}, {4, ""}, {5, "m v=1 2"}}));
}

TEST(TextLines, TheLastLineMayLackItsEndAndHoldBreaksInItsStrings) {
  text_lines lines("m v=1 1\nm s=\"a\nb\" 1");
  ASSERT_TRUE(lines.next());
  ASSERT_TRUE(lines.next());
  EXPECT_EQ(lines.line(), "m s=\"a\nb\" 1");
  EXPECT_FALSE(lines.next());
}

TEST(TextLines, AStringThatIsNeverClosedEndsWithItsLine) {
  const auto text = "m s=\"a 1\n" + std::string(text_lines::longest + 9, 'x');
  text_lines lines(text);
  ASSERT_TRUE(lines.next());
  EXPECT_EQ(lines.line(), "m s=\"a 1");
  ASSERT_TRUE(lines.next());
  EXPECT_EQ(lines.wrong(), "the line takes 25000009 bytes: allowed are 25000000");
}

TEST(TextLines, AStringThatIsNeverClosedEndsWithItsLineInPiecesAsWell) {
  text_lines lines;
  lines.feed("m s=\"a 1\nm v=1 2\n");
  EXPECT_FALSE(lines.next());
  const std::string piece(1'000'000, 'x');
  for (std::size_t fed = 0; fed <= text_lines::longest; fed += piece.size()) lines.feed(piece);
  ASSERT_TRUE(lines.next());
  EXPECT_EQ(lines.line(), "m s=\"a 1");
  ASSERT_TRUE(lines.next());
  EXPECT_EQ(lines.line(), "m v=1 2");
  EXPECT_EQ(lines.number(), 2U);
  ASSERT_TRUE(lines.next());
  EXPECT_TRUE(lines.too_long());
  lines.finish();
  EXPECT_FALSE(lines.next());
}

TEST(TextLines, TheRestOfALineThatIsTooLongIsNoLine) {
  text_lines lines;
  const std::string piece(1'000'000, 'x');
  for (std::size_t fed = 0; fed <= text_lines::longest; fed += piece.size()) lines.feed(piece);
  ASSERT_TRUE(lines.next());
  EXPECT_EQ(lines.wrong(), "the line takes more than 26000000 bytes: allowed are 25000000");
  lines.feed(" x v=1 1");
  EXPECT_FALSE(lines.next());
  lines.feed("7\nm v=2 2\n");
  ASSERT_TRUE(lines.next());
  EXPECT_EQ(lines.line(), "m v=2 2");
  EXPECT_EQ(lines.number(), 2U);
  lines.finish();
  EXPECT_FALSE(lines.next());
}

TEST(TextLines, WaitForTheRestOfALine) {
  text_lines lines;
  EXPECT_FALSE(lines.next());
  lines.feed("a v=");
  EXPECT_FALSE(lines.next());
  lines.feed("1 1\nb");
  ASSERT_TRUE(lines.next());
  EXPECT_EQ(lines.line(), "a v=1 1");
  EXPECT_FALSE(lines.next());
  lines.finish();
  ASSERT_TRUE(lines.next());
  EXPECT_EQ(lines.line(), "b");
  EXPECT_FALSE(lines.next());
}

}  // namespace
}  // namespace kapacitor
