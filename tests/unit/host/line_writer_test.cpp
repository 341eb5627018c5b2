#include "host/line_writer.hpp"

#include <cmath>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host/line_protocol.hpp"

namespace kapacitor::udf::host {
namespace {

using ::testing::ElementsAreArray;

struct LineWriter : ::testing::Test {
  std::string text;
  std::string_view write(const line_parts& p) { return append_line(text, p); }
};

TEST_F(LineWriter, WritesWhatTheParserReadsBack) {
  const tag tags[] = {{"a b", "c,d"}, {"k=e", "f=g"}, {"u", "ü\\x"}};
  const field fields[] = {{"h i", "a\"b\\c\nd"}, {"j", 0.1}, {"k", -3}, {"l", false}, {"m", 1e300}};
  ASSERT_EQ(write({"my cpu,x", tags, {}, fields, -12}), "");
  line_parser parser;
  line_point p;
  ASSERT_EQ(parser.parse(std::string_view(text).substr(0, text.size() - 1), 1, p), "");
  EXPECT_EQ(p.name, "my cpu,x");
  EXPECT_THAT(p.tags, ElementsAreArray(tags));
  EXPECT_THAT(p.fields, ElementsAreArray(fields));
  EXPECT_EQ(p.time, -12);
}

TEST_F(LineWriter, LetsMoreTagsReplaceThoseOfTheSameName) {
  const tag tags[] = {{"a", "1"}, {"b", "2"}, {"empty", ""}}, more[] = {{"a", "3"}};
  const field fields[] = {{"v", 1}};
  ASSERT_EQ(write({"m", tags, more, fields, 5}), "");
  EXPECT_EQ(text, "m,b=2,a=3 v=1i 5\n");
}

TEST_F(LineWriter, SaysWhatALineCannotSay) {
  const field one[] = {{"v", 1}}, nan[] = {{"v", std::nan("")}}, nameless[] = {{"", 1}};
  const tag broken[] = {{"a", "x\ny"}}, slash[] = {{"a", "x\\"}};
  text = "before";
  EXPECT_EQ(write({"", {}, {}, one, 0}), "no measurement name");
  EXPECT_EQ(write({"#m", {}, {}, one, 0}), "the measurement name begins with #");
  EXPECT_EQ(write({"m", {}, {}, {}, 0}), "no fields");
  EXPECT_EQ(write({"m", {}, {}, nan, 0}), "a field is no finite number");
  EXPECT_EQ(write({"m", {}, {}, nameless, 0}), "a field without a name");
  EXPECT_EQ(write({"m", broken, {}, one, 0}), "a line break in a name or tag");
  EXPECT_EQ(write({"m", slash, {}, one, 0}), "a name or tag ends with a backslash");
  EXPECT_EQ(text, "before");
}

}  // namespace
}  // namespace kapacitor::udf::host
