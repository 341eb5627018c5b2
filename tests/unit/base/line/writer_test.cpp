#include "base/line/writer.hpp"

#include <cmath>
#include <random>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/line/parse.hpp"

namespace kapacitor {
namespace {

using ::testing::ElementsAreArray;

struct LineWriter : ::testing::Test {
  std::string text;

  std::string_view write(std::string_view name, const std::vector<line_tag>& tags,
                         const std::vector<line_field>& fields, std::int64_t time) {
    line_writer line(text, name);
    for (const auto& t : tags) line.tag(t.name, t.value);
    for (const auto& f : fields) line.field(f.name, f.value);
    return line.end(time);
  }
  void expect_read_back(std::string_view name, const std::vector<line_tag>& tags,
                        const std::vector<line_field>& fields, std::int64_t time) {
    line_parser parser;
    line_point p;
    ASSERT_EQ(parser.parse(std::string_view(text).substr(0, text.size() - 1), 1, p), "") << text;
    EXPECT_EQ(p.name, name) << text;
    EXPECT_THAT(p.tags, ElementsAreArray(tags)) << text;
    EXPECT_THAT(p.fields, ElementsAreArray(fields)) << text;
    EXPECT_EQ(p.time, time) << text;
  }
};

line_value integer(std::int64_t x) {
  return x;
}

TEST_F(LineWriter, WritesWhatTheParserReadsBack) {
  const std::vector<line_tag> tags{{"a b", "c,d"}, {"k=e", "f=g"}, {"u", "ü\\x"}};
  const std::vector<line_field> fields{
      {"h i", "a\"b\\c\nd"}, {"j", 0.1}, {"k", integer(-3)}, {"l", false}, {"m", 1e300}};
  ASSERT_EQ(write("my cpu,x", tags, fields, -12), "");
  expect_read_back("my cpu,x", tags, fields, -12);
}

TEST_F(LineWriter, WritesWhateverTheParserReadsBackOrRefusesIt) {
  std::mt19937 random(3);
  const std::string alphabet = "ab,= \\\"#\t\n\rü";
  const auto word = [&] {
    std::string w;
    for (auto n = 1 + random() % 4; n > 0; --n) w += alphabet[random() % alphabet.size()];
    return w;
  };
  int written = 0;
  for (int i = 0; i < 100000; ++i) {
    const std::string name = word(), tag = word(), tag_value = word(), field = word(),
                      held = word();
    text.clear();
    if (!write(name, {{tag, tag_value}}, {{field, std::string_view(held)}}, i).empty()) continue;
    ++written;
    expect_read_back(name, {{tag, tag_value}}, {{field, std::string_view(held)}}, i);
    if (HasFailure()) break;
  }
  EXPECT_GT(written, 10000);
}

TEST_F(LineWriter, LeavesOutTagsWithoutAValue) {
  ASSERT_EQ(write("m", {{"a", "1"}, {"empty", ""}}, {{"v", integer(1)}}, 5), "");
  EXPECT_EQ(text, "m,a=1 v=1i 5\n");
}

TEST_F(LineWriter, SaysWhatALineCannotHold) {
  const std::vector<line_field> one{{"v", integer(1)}};
  text = "before";
  EXPECT_EQ(write("", {}, one, 0), "there is no measurement");
  for (const auto* name : {"#m", "m\\", "m\nn", "\tm"}) {
    EXPECT_EQ(write(name, {}, one, 0),
              "the measurement begins with #, a tab or NUL, ends in a backslash or holds a line "
              "break");
  }
  EXPECT_EQ(write("m", {}, {}, 0), "there are no fields");
  EXPECT_EQ(write("m", {}, {{"v", std::nan("")}}, 0), "a field is not a finite number");
  EXPECT_EQ(write("m", {}, {{"v", HUGE_VAL}}, 0), "a field is not a finite number");
  EXPECT_EQ(write("m", {}, {{"", integer(1)}}, 0), "a field has no name");
  EXPECT_EQ(write("m", {}, {{"a\\,b", integer(1)}}, 0),
            "a field's name has a backslash before a comma, a space or =");
  EXPECT_EQ(write("m", {}, {{"\tv", integer(1)}}, 0),
            "the first field begins with a tab or NUL, which are skipped there");
  EXPECT_EQ(write("m", {{"a", "x\ny"}}, one, 0),
            "a name or tag ends in a backslash or holds a line break");
  EXPECT_EQ(write("m", {{"a", "x\\"}}, one, 0),
            "a name or tag ends in a backslash or holds a line break");
  EXPECT_EQ(text, "before");
}

}  // namespace
}  // namespace kapacitor
