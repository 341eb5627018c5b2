#include <string>

#include <gtest/gtest.h>

#include "base/text/encoding.hpp"

namespace kapacitor {
namespace {

TEST(Utf8, TakesEveryCharacterOfUnicode) {
  for (const std::string good :
       {"", "ascii only, and long enough for words", "\xc3\xa4", "\xe2\x82\xac", "\xed\x9f\xbf",
        "\xf0\x9f\x98\x80", "\xf4\x8f\xbf\xbf", "abcdwxyz\xc3\xa4zyxwvuts"}) {
    EXPECT_EQ(first_invalid_utf8(good), good.size()) << good;
    EXPECT_EQ(valid_utf8(good), good);
  }
}

TEST(Utf8, TellsWhereItEnds) {
  for (const std::string bad :
       {"\xff", "\xc3", "\xc0\x80", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf",
        "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\x80", "\xe2\x82", "\xc3("}) {
    for (const std::size_t before : {0U, 3U, 8U, 17U}) {
      const auto text = std::string(before, 'a') + bad + "after";
      EXPECT_EQ(first_invalid_utf8(text), before) << bad;
      EXPECT_EQ(first_invalid_utf8(valid_utf8(text)), valid_utf8(text).size());
    }
  }
  EXPECT_EQ(valid_utf8("a\xff\xc3\xa4z"), "a?\xc3\xa4z");
}

}  // namespace
}  // namespace kapacitor
