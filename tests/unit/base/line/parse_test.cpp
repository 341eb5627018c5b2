#include "base/line/parse.hpp"

#include <random>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kapacitor {
namespace {

using namespace std::string_literals;

using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct LineParser : ::testing::Test {
  line_parser parser;
  line_point p;
  std::string line;

  std::string parse(std::string text, std::int64_t unit = 1) {
    line = std::move(text);
    return parser.parse(line, unit, p);
  }
  void expect_error(const std::string& text, std::string_view why) {
    EXPECT_TRUE(parse(text).starts_with(why)) << text << ": " << parse(text);
  }
};

TEST_F(LineParser, ReadsMeasurementTagsFieldsAndTime) {
  ASSERT_EQ(parse(R"(cpu,host=a,core=1 usage=1.5,n=-3i,ok=t,text="x y" -7)"), "");
  EXPECT_EQ(p.name, "cpu");
  EXPECT_THAT(p.tags, ElementsAre(line_tag{"core", "1"}, line_tag{"host", "a"}));
  EXPECT_THAT(p.fields, ElementsAre(line_field{"usage", 1.5}, line_field{"n", -3},
                                    line_field{"ok", true}, line_field{"text", "x y"}));
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
  EXPECT_THAT(p.tags, ElementsAre(line_tag{"a b", "c,d"}, line_tag{"k=e", "f=g"}));
  EXPECT_THAT(p.fields, ElementsAre(line_field{"h i", R"(a"b\c\d)"}, line_field{"j,k=", 2.0}));
}

TEST_F(LineParser, KeepsBackslashesThatEscapeNothing) {
  ASSERT_EQ(parse(R"(a\b,t\x=c\:d f\o="\n" 1)"), "");
  EXPECT_EQ(p.name, R"(a\b)");
  EXPECT_THAT(p.tags, ElementsAre(line_tag{R"(t\x)", R"(c\:d)"}));
  EXPECT_THAT(p.fields, ElementsAre(line_field{R"(f\o)", R"(\n)"}));
}

TEST_F(LineParser, TakesCommasSpacesAndLineBreaksInsideStrings) {
  ASSERT_EQ(parse("m a=\"x,y=1 z\nw\",b=\"\" 5"), "");
  EXPECT_THAT(p.fields, ElementsAre(line_field{"a", "x,y=1 z\nw"}, line_field{"b", ""}));
  EXPECT_EQ(p.time, 5);
}

TEST_F(LineParser, ReadsEveryFormOfNumber) {
  ASSERT_EQ(parse("m a=1,b=-0.5,c=1e3,d=1E-3,e=1e+2,f=.5,g=1.,h=007i,i=-9223372036854775808i"), "");
  EXPECT_THAT(p.fields,
              ElementsAre(line_field{"a", 1.0}, line_field{"b", -0.5}, line_field{"c", 1000.0},
                          line_field{"d", 0.001}, line_field{"e", 100.0}, line_field{"f", 0.5},
                          line_field{"g", 1.0}, line_field{"h", 7}, line_field{"i", INT64_MIN}));
  ASSERT_EQ(parse("m tiny=1e-400"), "");
  EXPECT_THAT(p.fields, ElementsAre(line_field{"tiny", 0.0}));
}

TEST_F(LineParser, ReadsEveryFormOfBoolean) {
  for (const auto yes : {"t", "T", "true", "True", "TRUE"}) {
    ASSERT_EQ(parse(std::string("m v=") + yes), "");
    EXPECT_THAT(p.fields, ElementsAre(line_field{"v", true}));
  }
  for (const auto no : {"f", "F", "false", "False", "FALSE"}) {
    ASSERT_EQ(parse(std::string("m v=") + no), "");
    EXPECT_THAT(p.fields, ElementsAre(line_field{"v", false}));
  }
}

TEST_F(LineParser, AppliesThePrecision) {
  ASSERT_EQ(parse("m v=1 -2", 1'000'000'000), "");
  EXPECT_EQ(p.time, -2'000'000'000);
  expect_error("m v=1 9223372036854775807", "time 9223372036854775807 is not within the years");
  EXPECT_EQ(parse("m v=1 9223372036854775", 1'000'000),
            "time 9223372036854775 is not within the years 1677 to 2262");
}

TEST_F(LineParser, KeepsKeyAndHeadAsWritten) {
  ASSERT_EQ(parse(R"( m\ x,u=a\ b,t=x\,y\=z s="q\"u, o=1\\",i=1i,b=T,f=-1.5e+3  1700 )", 1'000'000),
            "");
  EXPECT_EQ(p.key, R"(m\ x,u=a\ b,t=x\,y\=z)");
  EXPECT_EQ(p.head, R"(m\ x,u=a\ b,t=x\,y\=z s="q\"u, o=1\\",i=1i,b=T,f=-1.5e+3)");
  EXPECT_EQ(p.time, 1'700'000'000);
}

TEST_F(LineParser, TakesNulForWhiteSpaceBetweenTheParts) {
  ASSERT_EQ(parse("\0\tm\0x,t=a\0b \0v=\"c\0d\" 1"s), "");
  EXPECT_EQ(p.name, "m\0x"s);
  EXPECT_THAT(p.tags, ElementsAre(line_tag{"t", "a\0b"s}));
  EXPECT_THAT(p.fields, ElementsAre(line_field{"v", "c\0d"s}));
  expect_error("m v=1\0 1"s, "field \"v\": \"1\\x00\" is not a value");
  expect_error("m v=1 1\0"s, "\"1\\x00\" is not a time");
}

TEST_F(LineParser, SaysWhatIsWrong) {
  expect_error("", "there is no measurement: a line is MEASUREMENT[,TAG=VALUE");
  expect_error(",a=b v=1", "there is no measurement");
  expect_error("#m v=1 1", "a comment is not a point");
  expect_error("m", "there is no field: a line is MEASUREMENT");
  expect_error("m ", "there is no field");
  expect_error("m,a=b", "there is no field");
  expect_error("m,a v=1", "tag \"a\" has no value: allowed is name=value");
  expect_error("m,a", "tag \"a\" has no value");
  expect_error("m,=b v=1", "a tag has no name: allowed is name=value");
  expect_error("m, v=1", "a tag has no name");
  expect_error("m,a= v=1", "tag \"a\" has no value");
  expect_error("m,a=b=c v=1", "tag \"a\" has a value with a =, which is written \\=");
  expect_error("m,a=1,b=2,a=3 v=1", "tag \"a\" occurs twice");
  expect_error("m v", "field \"v\" has no value: allowed is name=value");
  expect_error("m v 1", "field \"v\" has no value");
  expect_error("m =1", "a field has no name: allowed is name=value");
  expect_error("m v=", "field \"v\" has no value");
  expect_error("m v= 1", "field \"v\" has no value");
  expect_error("m v=1,", "a field has no name");
  expect_error("m v=1, 1", "a field has no name");
  expect_error("m v=1,,w=2", "a field has no name");
  expect_error("m v=\"a", "field \"v\": the string is not closed by \"");
  expect_error("m v=\"a 1", "field \"v\": the string is not closed by \"");
  expect_error("m v=\"a\\", "field \"v\": the string is not closed by \"");
  expect_error("m v=\"a\"b", "field \"v\": only a comma or a space may follow");
  for (const auto* text :
       {"abc", "NaN", "nan", "-inf", "1e400", "0x10", "1.2.3", "1.5i", "+1", "yes"}) {
    expect_error(std::string("m v=") + text + " 1",
                 "field \"v\": \"" + std::string(text) +
                     "\" is not a value: allowed are 1.5, 1i, true and \"text\"");
  }
  expect_error("m v=9223372036854775808i",
               "field \"v\": \"9223372036854775808i\" is beyond the range of 64 bits: allowed are");
  expect_error("m v=5u",
               "field \"v\": \"5u\" is unsigned, which InfluxDB 1.x and Kapacitor do not have");
  expect_error("m v=1 12x", "\"12x\" is not a time: allowed are whole numbers since 1970");
  expect_error("m v=1 soon", "\"soon\" is not a time");
  expect_error("m v=1 1.5", "\"1.5\" is not a time");
  expect_error("m v=1 -", "\"-\" is not a time");
  expect_error("m v=1 1 2", "nothing may follow the time, got \"2\"");
}

TEST_F(LineParser, NamesTheBackslashThatTakesASeparatorAlong) {
  const std::string says = ": the backslash before the blank makes it part of ";
  expect_error("disk,path=C:\\ used=1i 1",
               "tag \"path\" is \"C:\\\\ used\"" + says + "\"C:\\\\ \"");
  expect_error("disk,path=C:\\,host=a used=1i 1",
               "tag \"path\" is \"C:\\\\,host\": the backslash before the comma makes it part of");
  for (const auto* bad : {"m\\ v=1 1", "m,a\\ v=1 1", "m,a=b\\ v=1", "m\\ v=1"}) {
    EXPECT_NE(parse(bad).find("the backslash before the "), std::string::npos) << parse(bad);
  }
  for (const auto* other : {"m,a=b\\ c v 1", "m,a\\,b=c,d=e=f v=1", "m,a=b\\ c v=x 1"}) {
    EXPECT_NE(parse(other), "");
    EXPECT_EQ(parse(other).find("backslash"), std::string::npos) << parse(other);
  }
  expect_error("m v=\"C:\\\" 1",
               "field \"v\": the string is not closed by \": the backslash before");
}

TEST(UnsignedIntegers, AreTakenWhereTheTargetTakesThem) {
  line_parser parser(true);
  line_point p;
  EXPECT_EQ(parser.parse("m a=5u,b=18446744073709551615u,c=1i 1", 1, p), "");
  EXPECT_EQ(p.fields[0].value, line_value(std::int64_t{5}));
  EXPECT_NE(parser.parse("m a=18446744073709551616u 1", 1, p), "");
  EXPECT_NE(parser.parse("m a=-1u 1", 1, p), "");
}

TEST_F(LineParser, RefusesKeysThatInfluxDBRefuses) {
  expect_error(std::string(66000, 'm') + " v=1",
               "measurement and tags take 66000 bytes: allowed are 65535");
  expect_error("m,t=" + std::string(65536, 'x') + " v=1 1",
               "measurement and tags take 65540 bytes");
  EXPECT_EQ(parse("m,t=" + std::string(65000, 'x') + " v=1 1"), "");
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

TEST(Precision, HasInfluxDBsNames) {
  EXPECT_EQ(unit_of_precision(""), 1);
  EXPECT_EQ(unit_of_precision("ns"), 1);
  EXPECT_EQ(unit_of_precision("u"), 1000);
  EXPECT_EQ(unit_of_precision("h"), 3'600'000'000'000);
  EXPECT_EQ(unit_of_precision("zz"), std::nullopt);
}

// What InfluxDB 1.6.7 stores and kapacitord 1.8.3 hands on.
TEST(LooseStrings, EndAtACommaOrASpaceOutsideOfQuotes) {
  const auto texts = [](std::string_view line) {
    line_parser parser(false, line_parser::strings::as_influxdb);
    line_point p;
    auto error = parser.parse(line, 1, p);
    std::vector<std::string> all;
    for (const auto& f : p.fields) {
      const auto* text = std::get_if<std::string_view>(&f.value);
      all.emplace_back(text ? *text : "not a text");
    }
    return error.empty() ? all : std::vector<std::string>{error};
  };
  using list = std::vector<std::string>;
  EXPECT_EQ(texts(R"(m v="a "b" c" 1)"), list{R"(a "b" c)"});
  EXPECT_EQ(texts(R"(m v="",w="x, y" 1)"), (list{"", "x, y"}));
  EXPECT_EQ(texts(R"(m v="a\"b" 1)"), list{R"(a"b)"});
  EXPECT_EQ(texts(R"(m v="a"b 1)"), list{R"(a")"});
  EXPECT_EQ(texts(R"(m v="a"b" 1)"), list{R"(field "v": the string is not closed by ")"});
}

}  // namespace
}  // namespace kapacitor
