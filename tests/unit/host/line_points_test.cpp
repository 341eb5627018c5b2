#include "host/line_points.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kapacitor::udf::host {
namespace {

using ::testing::ElementsAre;

TEST(PointMaker, MakesThePointThatALineHolds) {
  line_parser parser;
  line_point line;
  point_maker maker;
  ASSERT_EQ(parser.parse("m,b=2,a=1 x=1.5,n=3i,s=\"t\",ok=t 7", 1, line), "");
  const auto& p = maker.make(line, 100);
  EXPECT_EQ(p.name, "m");
  EXPECT_EQ(p.time, 7);
  EXPECT_THAT(p.tags, ElementsAre(tag{"a", "1"}, tag{"b", "2"}));
  EXPECT_THAT(p.fields,
              ElementsAre(field{"x", 1.5}, field{"n", 3}, field{"s", "t"}, field{"ok", true}));
}

TEST(PointMaker, GivesAPointWithoutTimeThePresentOne) {
  line_parser parser;
  line_point line;
  point_maker maker;
  ASSERT_EQ(parser.parse("m v=1", 1, line), "");
  EXPECT_EQ(maker.make(line, 100).time, 100);
  EXPECT_GT(wall_time(1'000'000'000), 1'700'000'000'000'000'000);
  EXPECT_EQ(wall_time(1'000'000'000) % 1'000'000'000, 0);
}

TEST(AppendLine, LetsMoreTagsReplaceThoseOfTheSameName) {
  std::string text;
  const tag tags[] = {{"a", "1"}, {"b", "2"}, {"empty", ""}}, more[] = {{"a", "3"}};
  const field fields[] = {{"v", 1}};
  ASSERT_EQ(append_line(text, {"m", tags, more, fields, 5}), "");
  EXPECT_EQ(text, "m,b=2,a=3 v=1i 5\n");
}

}  // namespace
}  // namespace kapacitor::udf::host
