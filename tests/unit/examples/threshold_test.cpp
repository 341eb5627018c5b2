#include <gtest/gtest.h>

#include <kapacitor/udf/testing.hpp>

#define main example_main
#include <examples/threshold.cpp>  // NOLINT(bugprone-suspicious-include)

namespace {

/// One value each second.
std::vector<udf::test::point> each_second(const std::vector<double>& values) {
  std::vector<udf::test::point> points;
  for (const auto x : values) {
    const auto now = static_cast<std::int64_t>(points.size()) * 1'000'000'000;
    points.push_back({.fields = {{"x", x}}, .time = now});
  }
  return points;
}

/// When it spoke, in seconds, and what it said.
std::vector<std::pair<std::int64_t, bool>> said(const udf::test::output& out) {
  std::vector<std::pair<std::int64_t, bool>> result;
  for (const auto& p : out.points) {
    result.emplace_back(p.time / 1'000'000'000, std::get<bool>(*p.find("high")));
  }
  return result;
}
using spoken = std::vector<std::pair<std::int64_t, bool>>;

TEST(ThresholdExample, SpeaksOnceWhenTheLimitIsCrossed) {
  const auto out = udf::test::run<threshold>({{"field", {"x"}}, {"limit", {5}}},
                                             each_second({1, 5, 6, 7, 1, 6}));
  EXPECT_EQ(said(out), (spoken{{2, true}, {5, true}}));
  EXPECT_EQ(out.points.at(0).number("x"), 6.0);
}

TEST(ThresholdExample, SpeaksAlsoOfTheWayBackWithBoth) {
  const auto out = udf::test::run<threshold>({{"field", {"x"}}, {"limit", {5}}, {"both", {}}},
                                             each_second({1, 6, 6, 4, 4}));
  EXPECT_EQ(said(out), (spoken{{1, true}, {3, false}}));
}

TEST(ThresholdExample, WaitsUntilTheCrossingHasHeldThatLong) {
  const std::vector<udf::option> options = {
      {"field", {"x"}}, {"limit", {5}}, {"hold", {std::chrono::seconds(2)}}};
  EXPECT_EQ(said(udf::test::run<threshold>(options, each_second({6, 6, 1, 6, 6, 6, 6}))),
            (spoken{{5, true}}));
}

TEST(ThresholdExample, RemembersOverARestartThatItWasHigh) {
  const std::vector<udf::option> options = {{"field", {"x"}}, {"limit", {5}}};
  udf::test::runner before(udf::make_function<threshold>("threshold"), options);
  udf::test::runner after(udf::make_function<threshold>("threshold"), options);
  EXPECT_EQ(before.feed(each_second({6})).points.size(), 1u);
  EXPECT_EQ(after.restore(before.snapshot()), "");
  EXPECT_TRUE(after.feed(each_second({7})).points.empty());
}

}  // namespace
