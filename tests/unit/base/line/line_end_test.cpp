#include "base/line/line_end.hpp"

#include <string>

#include <gtest/gtest.h>

namespace kapacitor {
namespace {

using namespace std::string_literals;

TEST(EndOfLine, PassesOverLineBreaksInStringsOnly) {
  const std::string_view text = "m v=\"a\nb\" 1\nm,t=\"x v=1\n";
  EXPECT_EQ(end_of_line(text, 0), 11u);
  EXPECT_EQ(end_of_line(text, 12), 22u);
  EXPECT_EQ(end_of_line("m v=\"a\nb", 0), std::string_view::npos);
  EXPECT_EQ(end_of_line("# a \"quote=\"\nm v=1", 0), 12u);
}

TEST(EndOfLine, TakesAnEscapedLineBreakAsText) {
  EXPECT_EQ(end_of_line("m\\\nx v=1\n", 0), 8u);
}

TEST(BlankOrComment, IsNoPoint) {
  EXPECT_TRUE(is_blank_or_comment(""));
  EXPECT_TRUE(is_blank_or_comment(" \t\r"));
  EXPECT_TRUE(is_blank_or_comment("\0\0\0"s)) << "as InfluxDB has it";
  EXPECT_TRUE(is_blank_or_comment("  # m v=1"));
  EXPECT_FALSE(is_blank_or_comment("m v=1 #"));
}

TEST(LineEndFinder, GoesOnWhereTheTextEndedBefore) {
  const std::string texts[] = {"m v=\"a\nb\\\"\n\" 1\nn v=1", "m,t=\"x v=1\nn", "# \"x=\"\nm",
                               "m\\\nx v=1\n", "m \"a\"=\"\\\\\",b=2 1\nn"};
  for (const auto& text : texts) {
    const auto whole = end_of_line(text, 0);
    ASSERT_NE(whole, std::string_view::npos);
    line_end_finder finder;
    for (std::size_t size = 1; size <= text.size(); ++size) {
      const auto found = finder.find(std::string_view(text).substr(0, size), 0);
      EXPECT_EQ(found, size > whole ? whole : std::string_view::npos) << text << " " << size;
      if (found != std::string_view::npos) break;
    }
  }
}

}  // namespace
}  // namespace kapacitor
