#include "base/text/encoding.hpp"

#include <string>

#include <gtest/gtest.h>

#include "base/text/error.hpp"
#include "base/text/text_file.hpp"
#include "support/temp_dir.hpp"

namespace kapacitor {
namespace {

TEST(Utf8, IsTakenForValidWhereItIs) {
  for (const char* good : {"", "a", "\u00e9", "\u20ac", "\U0001F600", "\uFFFF", "\U0010FFFF"}) {
    EXPECT_EQ(first_invalid_utf8(good), std::string_view(good).size()) << good;
    const auto long_one = "12345678" + std::string(good) + "12345678";
    EXPECT_EQ(first_invalid_utf8(long_one), long_one.size()) << good;
  }
  for (const char* bad :
       {"\x80", "\xC0\x80", "\xC1\xBF", "\xE0\x80\x80", "\xED\xA0\x80", "\xE2\x82",
        "\xF0\x80\x80\x80", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF"}) {
    EXPECT_EQ(first_invalid_utf8(std::string("ab") + bad), 2u);
    EXPECT_EQ(first_invalid_utf8(std::string("12345678ab") + bad + "12345678"), 10u);
  }
}

TEST(Encoding, NamesWhatIsNoText) {
  const std::string_view utf16("c\0p\0u\0 \0", 8), big("\0c\0p\0u\0 ", 8);
  for (const auto text : {std::string_view("\xff\xfe"
                                           "c\0",
                                           4),
                          std::string_view("\xfe\xff\0c", 4), utf16, big}) {
    EXPECT_EQ(why_not_text(text).substr(0, 9), "is UTF-16");
  }
  EXPECT_EQ(why_not_text("PK\x03\x04...").substr(0, 8), "is a zip");
  EXPECT_EQ(why_not_text("BZh9...").substr(0, 13), "is compressed");
  const auto marked = std::string("\xef\xbb\xbf") + "cpu v=1";
  for (const auto* text : {"", "cpu v=1", "\x1f\x8b", marked.c_str(), "\xc3\xa9"}) {
    EXPECT_EQ(why_not_text(text), "") << text;
  }
  EXPECT_EQ(why_not_text(std::string(100, '\0')), "") << "a file of NULs is no UTF-16";
}

TEST(Encoding, TrimsWhiteSpaceOfAllKinds) {
  EXPECT_EQ(trimmed(" \t\xc2\xa0"
                    "a b\xe2\x80\xaf\r"),
            "a b");
  EXPECT_EQ(trimmed(" \t "), "");
}

TEST(Encoding, SkipsAByteOrderMark) {
  EXPECT_EQ(without_byte_order_mark("\xef\xbb\xbf"
                                    "a"),
            "a");
  EXPECT_EQ(without_byte_order_mark("\xef\xbb"), "\xef\xbb");
}

TEST(TextFile, IsReadWithoutItsByteOrderMarkAndRefusedAsUtf16) {
  test_support::temp_dir folder;
  const auto path = folder / "a.toml";
  test_support::write_file(path, "\xef\xbb\xbfrate = 1\n");
  EXPECT_EQ(read_text_file(path), "rate = 1\n");
  EXPECT_EQ(read_file(path).size(), 12U);
  test_support::write_file(path, std::string("\xff\xfer\0", 4));
  EXPECT_THROW(read_text_file(path), usage_error);
  EXPECT_EQ(read_file(path).size(), 4U);
}

}  // namespace
}  // namespace kapacitor
