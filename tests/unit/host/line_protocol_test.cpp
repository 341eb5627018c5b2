#include "host/line_protocol.hpp"

#include <random>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kapacitor::udf::host {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct LineParser : ::testing::Test {
  line_parser parser;
  line_point p;
  std::string line;

  std::string_view parse(std::string text, std::int64_t multiplier = 1) {
    line = std::move(text);
    return parser.parse(line, multiplier, p);
  }
  void expect_error(std::string text, std::string_view why) { EXPECT_EQ(parse(text), why) << text; }
};

TEST_F(LineParser, ReadsMeasurementTagsFieldsAndTime) {
  ASSERT_EQ(parse(R"(cpu,host=a,core=1 usage=1.5,n=-3i,ok=t,text="x y" -7)"), "");
  EXPECT_EQ(p.name, "cpu");
  EXPECT_THAT(p.tags, ElementsAre(tag{"core", "1"}, tag{"host", "a"}));
  EXPECT_THAT(p.fields, ElementsAre(field{"usage", 1.5}, field{"n", -3}, field{"ok", true},
                                    field{"text", "x y"}));
  EXPECT_TRUE(p.has_time);
  EXPECT_EQ(p.time, -7);
}

TEST_F(LineParser, LeavesOutAMissingTime) {
  ASSERT_EQ(parse("m v=1"), "");
  EXPECT_FALSE(p.has_time);
  ASSERT_EQ(parse("m v=1  "), "");
  EXPECT_FALSE(p.has_time);
}

TEST_F(LineParser, UndoesEscapes) {
  ASSERT_EQ(parse(R"(my\ cpu\,x,a\ b=c\,d,k\=e=f\=g h\ i="a\"b\\c\d",j\,k\==2)"), "");
  EXPECT_EQ(p.name, "my cpu,x");
  EXPECT_THAT(p.tags, ElementsAre(tag{"a b", "c,d"}, tag{"k=e", "f=g"}));
  EXPECT_THAT(p.fields, ElementsAre(field{"h i", R"(a"b\c\d)"}, field{"j,k=", 2.0}));
}

TEST_F(LineParser, KeepsBackslashesThatEscapeNothing) {
  ASSERT_EQ(parse(R"(a\b,t\x=c\:d f\o="\n" 1)"), "");
  EXPECT_EQ(p.name, R"(a\b)");
  EXPECT_THAT(p.tags, ElementsAre(tag{R"(t\x)", R"(c\:d)"}));
  EXPECT_THAT(p.fields, ElementsAre(field{R"(f\o)", R"(\n)"}));
}

TEST_F(LineParser, TakesCommasSpacesAndLineBreaksInsideStrings) {
  ASSERT_EQ(parse("m a=\"x,y=1 z\nw\",b=\"\" 5"), "");
  EXPECT_THAT(p.fields, ElementsAre(field{"a", "x,y=1 z\nw"}, field{"b", ""}));
  EXPECT_EQ(p.time, 5);
}

TEST_F(LineParser, ReadsEveryFormOfNumber) {
  ASSERT_EQ(parse("m a=1,b=-0.5,c=1e3,d=1E-3,e=1e+2,f=.5,g=1.,h=007i,i=-9223372036854775808i"), "");
  EXPECT_THAT(p.fields, ElementsAre(field{"a", 1.0}, field{"b", -0.5}, field{"c", 1000.0},
                                    field{"d", 0.001}, field{"e", 100.0}, field{"f", 0.5},
                                    field{"g", 1.0}, field{"h", 7}, field{"i", INT64_MIN}));
  ASSERT_EQ(parse("m tiny=1e-400"), "");
  EXPECT_THAT(p.fields, ElementsAre(field{"tiny", 0.0}));
}

TEST_F(LineParser, ReadsEveryFormOfBoolean) {
  for (const auto yes : {"t", "T", "true", "True", "TRUE"}) {
    ASSERT_EQ(parse(std::string("m v=") + yes), "");
    EXPECT_THAT(p.fields, ElementsAre(field{"v", true}));
  }
  for (const auto no : {"f", "F", "false", "False", "FALSE"}) {
    ASSERT_EQ(parse(std::string("m v=") + no), "");
    EXPECT_THAT(p.fields, ElementsAre(field{"v", false}));
  }
}

TEST_F(LineParser, AppliesThePrecision) {
  ASSERT_EQ(parse("m v=1 -2", 1'000'000'000), "");
  EXPECT_EQ(p.time, -2'000'000'000);
  expect_error("m v=1 9223372036854775807", "time outside of the years 1677 to 2262");
  EXPECT_EQ(parse("m v=1 9223372036854775", 1'000'000), "time outside of the years 1677 to 2262");
}

TEST_F(LineParser, SaysWhatIsWrong) {
  expect_error("", "missing measurement");
  expect_error(",a=b v=1", "missing measurement");
  expect_error("m", "missing fields");
  expect_error("m ", "missing fields");
  expect_error("m,a=b", "missing fields");
  expect_error("m,a v=1", "missing tag value");
  expect_error("m,=b v=1", "missing tag key");
  expect_error("m,a= v=1", "missing tag value");
  expect_error("m,a=b=c v=1", "invalid tag format: '=' must be written \"\\=\"");
  expect_error("m,a=1,b=2,a=3 v=1", "duplicate tags");
  expect_error("m v", "invalid field format");
  expect_error("m =1", "missing field key");
  expect_error("m v=", "missing field value");
  expect_error("m v=1,", "invalid field format");
  expect_error("m v=1,,w=2", "invalid field format");
  expect_error("m v=\"a", "unbalanced quotes");
  expect_error("m v=\"a\"b", "text after the closing quote of a string");
  expect_error("m v=abc", "invalid boolean (a string needs quotes)");
  expect_error("m v=NaN", "invalid boolean (a string needs quotes)");
  expect_error("m v=-inf", "invalid boolean (a string needs quotes)");
  expect_error("m v=1e400", "invalid number");
  expect_error("m v=0x10", "invalid number");
  expect_error("m v=1.5i", "invalid integer, or out of the range of 64 bits");
  expect_error("m v=9223372036854775808i", "invalid integer, or out of the range of 64 bits");
  expect_error("m v=5u", "unsigned integers are not supported by InfluxDB 1.x");
  expect_error("m v=1 12x", "bad timestamp");
  expect_error("m v=1 -", "bad timestamp");
  expect_error("m v=1 1 2", "text after the timestamp");
  expect_error(std::string(66000, 'm') + " v=1", "measurement and tags exceed 65535 bytes");
}

TEST_F(LineParser, SurvivesWhateverComes) {
  std::mt19937 random(1);
  const std::string alphabet = "m,a=b \\\"1i.e-tT\n#\t";
  for (int i = 0; i < 200000; ++i) {
    std::string text;
    for (auto n = random() % 24; n > 0; --n) text += alphabet[random() % alphabet.size()];
    if (!parse(text).empty()) continue;
    EXPECT_THAT(p.name, ::testing::Not(IsEmpty())) << text;
    EXPECT_THAT(p.fields, ::testing::Not(IsEmpty())) << text;
  }
}

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
  EXPECT_TRUE(is_blank_or_comment("  # m v=1"));
  EXPECT_FALSE(is_blank_or_comment("m v=1 #"));
}

TEST(Precision, HasInfluxDBsNames) {
  EXPECT_EQ(precision_multiplier(""), 1);
  EXPECT_EQ(precision_multiplier("ns"), 1);
  EXPECT_EQ(precision_multiplier("u"), 1000);
  EXPECT_EQ(precision_multiplier("h"), 3'600'000'000'000);
  EXPECT_EQ(precision_multiplier("zz"), std::nullopt);
}

}  // namespace
}  // namespace kapacitor::udf::host
