#include <gtest/gtest.h>

#include <kapacitor/udf/testing.hpp>

#define main example_main
#include <examples/ewma.cpp>  // NOLINT(bugprone-suspicious-include)

TEST(EwmaExample, SmoothsAField) {
  const auto out = udf::test::run<ewma>({{"field", {"x"}}, {"alpha", {0.5}}},
                                        {{.fields = {{"x", 2.0}}}, {.fields = {{"x", 4}}}});
  ASSERT_EQ(out.points.size(), 2u);
  EXPECT_EQ(out.points[0].number("ewma"), 2.0);
  EXPECT_EQ(out.points[1].number("ewma"), 3.0);
}

TEST(EwmaExample, RefusesAnAlphaThatIsNoWeight) {
  const auto out =
      udf::test::run<ewma>({{"field", {"x"}}, {"alpha", {0.0}}}, {{.fields = {{"x", 1}}}});
  EXPECT_EQ(out.error, "f: alpha must be more than 0.0 and at most 1.0, got 0.0");
}

TEST(EwmaExample, GoesOnWhereItWas) {
  udf::test::runner before(udf::make_function<ewma>("ewma"), {{"field", {"x"}}});
  udf::test::runner after(udf::make_function<ewma>("ewma"), {{"field", {"x"}}});
  before.feed(std::vector<udf::test::point>{{.fields = {{"x", 10.0}}}});
  EXPECT_EQ(after.restore(before.snapshot()), "");
  const auto out = after.feed(std::vector<udf::test::point>{{.fields = {{"x", 20.0}}}});
  EXPECT_EQ(out.points.at(0).number("ewma"), 11.0);
}
