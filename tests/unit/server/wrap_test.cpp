#include "describe/wrap.hpp"

#include <gtest/gtest.h>

namespace kapacitor::udf::server {
namespace {

TEST(Wrapped, JoinsTheLinesOfAParagraphAndBreaksThemAnew) {
  EXPECT_EQ(wrapped("one two\nthree four\n\nfive", 13), "one two three\nfour\n\nfive\n");
  EXPECT_EQ(wrapped("", 10), "");
  EXPECT_EQ(wrapped("a word_that_is_too_long b", 10), "a\nword_that_is_too_long\nb\n");
}

TEST(Wrapped, CountsCharactersNotBytes) {
  EXPECT_EQ(wrapped("ααα βββ γγγ", 7), "ααα βββ\nγγγ\n");
}

TEST(Wrapped, LetsPointsOfAListHang) {
  EXPECT_EQ(wrapped("these:\n- one two three\n- four", 9), "these:\n- one two\n  three\n- four\n");
}

TEST(Wrapped, LeavesTablesAndFormulasAsTheyAre) {
  EXPECT_EQ(wrapped("so\n\n    y =   a * x + b * x\n| a  | b |\nend", 8),
            "so\n\n    y =   a * x + b * x\n| a  | b |\nend\n");
}

TEST(Plain, HasNoMarks) {
  EXPECT_EQ(plain("`as`_lower of [Knuth](https://x.org/a_b), a[i] and f(x)"),
            "as_lower of Knuth, a[i] and f(x)");
  EXPECT_EQ(plain("a [b\nc](d)"), "a [b\nc](d)");
  EXPECT_EQ(plain("**Bold** 2 * 3, \\|x\\|, a\\_b"), "Bold 2 * 3, |x|, a_b");
  EXPECT_EQ(plain(""), "");
}

TEST(Indented, LeavesEmptyLinesEmpty) {
  EXPECT_EQ(indented("a\n\n  b\n", 2), "  a\n\n    b\n");
}

}  // namespace
}  // namespace kapacitor::udf::server
