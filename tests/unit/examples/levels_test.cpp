#include <gtest/gtest.h>

#include <kapacitor/udf/testing.hpp>

#define main example_main
#include <examples/levels.cpp>  // NOLINT(bugprone-suspicious-include)

namespace {

const std::vector<udf::option> two_levels = {
    {"field", {"x"}}, {"level", {"warn", 80.0}}, {"level", {"crit", 95.0}}};

TEST(LevelsExample, NamesTheHighestLevelThatIsReached) {
  const auto out = udf::test::run<levels>(
      two_levels, {{.fields = {{"x", 79.9}}}, {.fields = {{"x", 80}}}, {.fields = {{"x", 99.0}}}});
  ASSERT_EQ(out.points.size(), 3u);
  EXPECT_EQ(*out.points[0].find("level"), udf::test::field_value("ok"));
  EXPECT_EQ(*out.points[1].find("level"), udf::test::field_value("warn"));
  EXPECT_EQ(*out.points[2].find("level"), udf::test::field_value("crit"));
  EXPECT_EQ(out.points[2].number("x"), 99.0);
}

TEST(LevelsExample, GoesOnAfterAPointWithoutTheFieldOrWithAText) {
  const auto out = udf::test::run<levels>(
      two_levels, {{.fields = {{"y", 1.0}}}, {.fields = {{"x", "?"}}}, {.fields = {{"x", 1.0}}}});
  EXPECT_EQ(out.error, "");
  EXPECT_EQ(out.points.size(), 1u);
}

TEST(LevelsExample, RefusesLevelsInTheWrongOrder) {
  const std::vector<udf::option> wrong = {
      {"field", {"x"}}, {"level", {"crit", 95.0}}, {"level", {"warn", 80.0}}};
  const auto out = udf::test::run<levels>(wrong, std::vector<udf::test::point>{});
  EXPECT_EQ(out.error, "f: level warn must be above crit");
}

}  // namespace
