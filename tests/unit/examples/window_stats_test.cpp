#include <gtest/gtest.h>

#include <kapacitor/udf/testing.hpp>

#define main example_main
#include <examples/window_stats.cpp>  // NOLINT(bugprone-suspicious-include)

namespace {

udf::test::batch window(const std::vector<double>& values) {
  udf::test::batch b{
      .name = "cpu", .tags = {{"site", "n"}, {"host", "a"}}, .points = {}, .tmax = 60};
  for (const auto x : values) b.points.push_back({.tags = b.tags, .fields = {{"x", x}}});
  return b;
}

TEST(WindowStatsExample, GivesOnePointForEachWindowAtItsEnd) {
  const auto out = udf::test::run<window_stats>(
      {{"field", {"x"}}}, std::vector{window({1, 6, 2}), window({}), window({4})});
  ASSERT_EQ(out.error, "");
  ASSERT_EQ(out.points.size(), 2u);
  EXPECT_EQ(out.points[0].number("mean"), 3.0);
  EXPECT_EQ(out.points[0].number("min"), 1.0);
  EXPECT_EQ(out.points[0].number("max"), 6.0);
  EXPECT_EQ(out.points[0].number("count"), 3.0);
  EXPECT_EQ(out.points[1].number("mean"), 4.0);
}

TEST(WindowStatsExample, KeepsMeasurementGroupAndTime) {
  const auto out = udf::test::run<window_stats>({{"field", {"x"}}}, std::vector{window({1})});
  ASSERT_EQ(out.points.size(), 1u);
  EXPECT_EQ(out.points[0].name, "cpu");
  EXPECT_EQ(out.points[0].time, 60);
  EXPECT_EQ(out.points[0].group_by, (std::vector<std::string>{"host", "site"}));
  EXPECT_EQ(out.points[0].tags.size(), 2u);
}

}  // namespace
