#include "base/text/quote.hpp"

#include <gtest/gtest.h>

namespace kapacitor::base {
namespace {

TEST(Quoted, IsOneLineWhateverTheTextHolds) {
  EXPECT_EQ(quoted("a b"), "\"a b\"");
  EXPECT_EQ(quoted(""), "\"\"");
  EXPECT_EQ(quoted("say \"hi\" \\"), "\"say \\\"hi\\\" \\\\\"");
  EXPECT_EQ(quoted("a\nb\tc\x1b\x7f"), "\"a\\nb\\tc\\x1b\\x7f\"");
  EXPECT_EQ(quoted(std::string_view("\0", 1)), "\"\\x00\"");
  EXPECT_EQ(quoted("grün"), "\"grün\"");
}

}  // namespace
}  // namespace kapacitor::base
