#include <gtest/gtest.h>

#include <kapacitor/udf/testing.hpp>

#define main example_main
#include <examples/throughput.cpp>  // NOLINT(bugprone-suspicious-include)

namespace {

constexpr std::int64_t second = 1'000'000'000;

std::vector<udf::test::point> of_two_hosts(std::int64_t time) {
  return {{.tags = {{"host", "a"}}, .fields = {{"x", 1.0}}, .time = time},
          {.tags = {{"host", "b"}}, .fields = {{"x", 1.0}}, .time = time}};
}

TEST(ThroughputExample, CountsAllGroupsTogetherOnceAMinute) {
  udf::test::runner runner(udf::make_function<throughput>("throughput"), {});
  EXPECT_TRUE(runner.feed(of_two_hosts(1)).points.empty());
  EXPECT_TRUE(runner.advance(100 * second).points.empty());
  EXPECT_TRUE(runner.advance(159 * second).points.empty());
  const auto first = runner.advance(160 * second);
  ASSERT_EQ(first.points.size(), 1u);
  EXPECT_EQ(first.points[0].name, "throughput");
  EXPECT_EQ(first.points[0].number("points"), 2.0);
  EXPECT_EQ(first.points[0].time, 160 * second);
  const auto silent = runner.advance(220 * second);
  ASSERT_EQ(silent.points.size(), 1u);
  EXPECT_EQ(silent.points[0].number("points"), 0.0);
}

TEST(ThroughputExample, SaysAtTheEndWhatIsLeft) {
  udf::test::runner runner(udf::make_function<throughput>("throughput"), {});
  runner.feed(of_two_hosts(7));
  const auto out = runner.finish();
  ASSERT_EQ(out.points.size(), 1u);
  EXPECT_EQ(out.points[0].number("points"), 2.0);
  EXPECT_EQ(out.points[0].time, 7);
}

TEST(ThroughputExample, GoesOnCountingAfterARestart) {
  udf::test::runner before(udf::make_function<throughput>("throughput"), {});
  udf::test::runner after(udf::make_function<throughput>("throughput"), {});
  before.feed(of_two_hosts(1));
  EXPECT_EQ(after.restore(before.snapshot()), "");
  after.feed(of_two_hosts(2));
  EXPECT_EQ(after.finish().points.at(0).number("points"), 4.0);
}

}  // namespace
