#include "base/line/escape.hpp"

#include <string>

#include <gtest/gtest.h>

namespace kapacitor {
namespace {

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

}  // namespace
}  // namespace kapacitor
