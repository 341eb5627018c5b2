#include <gtest/gtest.h>

#include <kapacitor/udf/testing.hpp>

#define main example_main
#include <examples/sessions.cpp>  // NOLINT(bugprone-suspicious-include)

namespace {

udf::test::point click(const std::string& user, std::int64_t time) {
  return {.tags = {{"user", user}}, .fields = {{"page", "home"}}, .time = time};
}

TEST(SessionsExample, EndsASessionAtTheFirstPointBehindAPause) {
  const auto out = udf::test::run<sessions>(
      {{"pause", {std::chrono::nanoseconds(10)}}},
      {click("ann", 1), click("bob", 5), click("ann", 11), click("ann", 22), click("bob", 100)});
  ASSERT_EQ(out.error, "");
  ASSERT_EQ(out.batches.size(), 2u);
  EXPECT_EQ(out.batches[0].tags, (decltype(out.batches[0].tags){{"user", "ann"}}));
  EXPECT_EQ(out.batches[0].tmax, 11);
  ASSERT_EQ(out.batches[0].points.size(), 2u);
  EXPECT_EQ(out.batches[0].points[1].time, 11);
  EXPECT_NE(out.batches[0].points[1].find("page"), nullptr);
  EXPECT_EQ(out.batches[1].tags, (decltype(out.batches[1].tags){{"user", "bob"}}));
  EXPECT_EQ(out.batches[1].tmax, 5);
}

TEST(SessionsExample, PausesForFiveMinutesUnlessToldOtherwise) {
  constexpr std::int64_t minute = 60'000'000'000;
  const auto points = {click("ann", 0), click("ann", 5 * minute), click("ann", 10 * minute + 1)};
  const auto out = udf::test::run<sessions>({}, points);
  ASSERT_EQ(out.batches.size(), 1u);
  EXPECT_EQ(out.batches[0].points.size(), 2u);
}

}  // namespace
