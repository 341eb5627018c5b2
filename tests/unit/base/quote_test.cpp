#include "base/text/quote.hpp"

#include <gtest/gtest.h>

namespace kapacitor {
namespace {

TEST(Quoted, IsOneLineWhateverTheTextHolds) {
  EXPECT_EQ(in_quotes("a b"), "\"a b\"");
  EXPECT_EQ(in_quotes(""), "\"\"");
  EXPECT_EQ(in_quotes("say \"hi\" \\"), "\"say \\\"hi\\\" \\\\\"");
  EXPECT_EQ(in_quotes("a\nb\tc\x1b\x7f"), "\"a\\nb\\tc\\x1b\\x7f\"");
  EXPECT_EQ(in_quotes(std::string_view("\0", 1)), "\"\\x00\"");
  EXPECT_EQ(in_quotes("grün"), "\"grün\"");
}

}  // namespace
}  // namespace kapacitor
