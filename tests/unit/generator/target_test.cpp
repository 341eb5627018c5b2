#include <gtest/gtest.h>

#include "sink/udp_target.hpp"

namespace kapacitor::generator {
namespace {

TEST(FirstLines, AreAsManyAsFit) {
  EXPECT_EQ(first_lines("aa\nbb\ncc\n", 100), "aa\nbb\ncc\n");
  EXPECT_EQ(first_lines("aa\nbb\ncc\n", 9), "aa\nbb\ncc\n");
  EXPECT_EQ(first_lines("aa\nbb\ncc\n", 8), "aa\nbb\n");
  EXPECT_EQ(first_lines("aa\nbb\ncc\n", 6), "aa\nbb\n");
  EXPECT_EQ(first_lines("aa\nbb\ncc\n", 5), "aa\n");
}

TEST(FirstLines, AreOneAtLeast) {
  EXPECT_EQ(first_lines("long line\nb\n", 3), "long line\n");
  EXPECT_EQ(first_lines("a\n", 0), "a\n");
}

}  // namespace
}  // namespace kapacitor::generator
