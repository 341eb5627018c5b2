#include <gtest/gtest.h>

#include "functions/aggregation/aggregate.hpp"
#include "functions/aggregation/cardinality.hpp"
#include "functions/aggregation/quantile.hpp"
#include "functions/aggregation/top_k.hpp"
#include "functions/detection/anomaly.hpp"
#include "functions/signal/resample.hpp"
#include "functions/windows/live_clock.hpp"
#include <kapacitor/udf/engine.hpp>

// What functions say that hold something back, when the input ends and when nothing comes.
namespace kapacitor::udf::life_cycle_test {
namespace {

using namespace std::chrono_literals;
using namespace functions;

constexpr timestamp noon{std::chrono::hours(24 * 365 * 50)};

class HeldBack : public testing::Test {
 protected:
  struct said {
    std::chrono::nanoseconds time;  // since noon
    std::string group;
    double value;
    friend bool operator==(const said&, const said&) = default;
    friend std::ostream& operator<<(std::ostream& out, const said& s) {
      return out << s.time.count() / 1'000'000 << " ms " << s.group << ' ' << s.value;
    }
  };

  template <class F>
  engine make(const std::vector<option>& options, const std::string& field) {
    return {make_function<F>("f"),
            options,
            [this, field](const result& r) {
              all.push_back({r.time - noon, std::string(r.group), r.number(field).value_or(-1)});
            },
            {.group_by = {.tags = {"host"}}}};
  }
  engine make_aggregate(std::vector<option> more = {}) {
    more.push_back({"period", {5s}});
    more.push_back({"aggregate", {"count", "x"}});
    return make<aggregate>(more, "x_count");
  }
  static void add(engine& e, std::chrono::nanoseconds at, std::string_view host = "a") {
    const tag tags[] = {{"host", host}, {"other", "o"}};
    const field fields[] = {{"x", 1.5}};
    e.add({.name = "m", .tags = tags, .fields = fields, .time = noon + at});
  }
  static void add_seconds(engine& e, int n) {
    for (int i = 0; i < n; ++i) add(e, std::chrono::seconds(i));
  }

  std::vector<said> all;
};

TEST_F(HeldBack, WindowsOfAggregateAreFourOfTwentySeconds) {
  auto e = make_aggregate();
  add_seconds(e, 20);
  EXPECT_EQ(all.size(), 3u);
  e.finish();
  EXPECT_EQ(all,
            (std::vector<said>{
                {5s, "host=a", 5}, {10s, "host=a", 5}, {15s, "host=a", 5}, {20s, "host=a", 5}}));
}

TEST_F(HeldBack, WindowsOfAggregateCloseByTheClock) {
  auto e = make_aggregate();
  add_seconds(e, 7);
  e.advance(noon + 6s);
  e.advance(noon + 9s);
  EXPECT_EQ(all.size(), 1u);
  e.advance(noon + 10s);
  EXPECT_EQ(all, (std::vector<said>{{5s, "host=a", 5}, {10s, "host=a", 2}}));
  e.advance(noon + 20s);
  e.finish();
  EXPECT_EQ(all.size(), 2u);
}

TEST_F(HeldBack, WindowsOfAggregateKeepTheirGraceByTheClock) {
  auto e = make_aggregate({{"grace", {3s}}});
  add_seconds(e, 3);
  e.advance(noon + 2s);
  e.advance(noon + 7999ms);
  EXPECT_TRUE(all.empty());
  e.advance(noon + 8s);
  EXPECT_EQ(all, (std::vector<said>{{5s, "host=a", 3}}));
}

TEST_F(HeldBack, WindowsOfAReplayedRecordingCloseByItsPointsAlone) {
  auto e = make_aggregate();
  add_seconds(e, 3);
  e.advance(noon + 1h);
  e.advance(noon + 2h);
  EXPECT_TRUE(all.empty());
  add(e, 4s);
  e.advance(noon + 3h);
  EXPECT_TRUE(all.empty());
  e.finish();
  EXPECT_EQ(all, (std::vector<said>{{5s, "host=a", 4}}));
}

TEST_F(HeldBack, WindowsOfAStreamThatIsLateStayLate) {
  auto e = make_aggregate();
  add_seconds(e, 3);
  e.advance(noon + 32s);  // the point of 2 s came half a minute late
  e.advance(noon + 34s);
  EXPECT_TRUE(all.empty());
  add(e, 4s);
  e.advance(noon + 34s);
  e.advance(noon + 35s);
  EXPECT_EQ(all, (std::vector<said>{{5s, "host=a", 4}}));
}

TEST_F(HeldBack, GroupsEndInTheOrderTheyCame) {
  auto e = make_aggregate();
  add(e, 0s, "b");
  add(e, 0s, "a");
  e.finish();
  EXPECT_EQ(all, (std::vector<said>{{5s, "host=b", 1}, {5s, "host=a", 1}}));
}

TEST_F(HeldBack, WhatWasHeldBackSurvivesASnapshot) {
  auto first = make_aggregate();
  add_seconds(first, 3);
  auto second = make_aggregate();
  second.load(first.save());
  second.advance(noon + 3s);
  second.advance(noon + 6s);
  EXPECT_EQ(all, (std::vector<said>{{5s, "host=a", 3}}));
}

template <class F>
void add_ended_stretches(engine e) {
  for (int i = 0; i < 8; ++i) {
    const tag tags[] = {{"host", "a"}};
    const field fields[] = {{"x", 1.5}};
    e.add({.name = "m", .tags = tags, .fields = fields, .time = noon + std::chrono::seconds(i)});
  }
  e.advance(noon + 8s);
  e.advance(noon + 13s);  // the stretch from 5 s to 10 s has ended
  e.advance(noon + 25s);
  const tag tags[] = {{"host", "a"}};
  const field fields[] = {{"x", 1.5}};
  e.add({.name = "m", .tags = tags, .fields = fields, .time = noon + 31s});
  e.finish();
}

TEST_F(HeldBack, ReportsOfQuantile) {
  add_ended_stretches<quantile>(
      make<quantile>({{"field", {"x"}}, {"quantile", {0.5}}, {"every", {5s}}}, "quantile_count"));
  EXPECT_EQ(all, (std::vector<said>{{5s, "host=a", 5}, {10s, "host=a", 3}, {35s, "host=a", 1}}));
}

TEST_F(HeldBack, ReportsOfCardinality) {
  add_ended_stretches<cardinality>(
      make<cardinality>({{"field", {"x"}}, {"every", {5s}}}, "cardinality"));
  EXPECT_EQ(all, (std::vector<said>{{5s, "host=a", 1}, {10s, "host=a", 1}, {35s, "host=a", 1}}));
}

TEST_F(HeldBack, ReportsOfTopK) {
  add_ended_stretches<top_k>(
      make<top_k>({{"field", {"x"}}, {"every", {5s}}, {"perTask", {}}}, "top_count"));
  EXPECT_EQ(all, (std::vector<said>{{5s, "", 5}, {10s, "", 3}, {35s, "", 1}}));
}

class HeldBackByResample : public HeldBack {
 protected:
  engine make_resample(const std::string& method, std::vector<option> more = {}) {
    more.push_back({"field", {"x"}});
    more.push_back({"every", {2s}});
    more.push_back({"method", {method}});
    return make<resample>(more, "x");
  }
  static void add_value(engine& e, std::chrono::nanoseconds at, double x) {
    const tag tags[] = {{"host", "a"}};
    const field fields[] = {{"x", x}};
    e.add({.name = "m", .tags = tags, .fields = fields, .time = noon + at});
  }
};

TEST_F(HeldBackByResample, TheLastMeanComesAtTheEnd) {
  auto e = make_resample("mean");
  add_value(e, 0s, 1);
  add_value(e, 1s, 2);
  add_value(e, 2s, 5);
  EXPECT_EQ(all, (std::vector<said>{{0s, "host=a", 1.5}}));
  e.finish();
  EXPECT_EQ(all, (std::vector<said>{{0s, "host=a", 1.5}, {2s, "host=a", 5}}));
}

TEST_F(HeldBackByResample, TheLastValueComesAtTheEndUnlessItWasEmitted) {
  auto e = make_resample("previous");
  add_value(e, 1s, 1);
  add_value(e, 3s, 2);
  EXPECT_EQ(all, (std::vector<said>{{2s, "host=a", 1}}));
  e.finish();
  EXPECT_EQ(all, (std::vector<said>{{2s, "host=a", 1}, {4s, "host=a", 2}}));

  all.clear();
  auto on_the_grid = make_resample("previous");
  add_value(on_the_grid, 4s, 1);
  on_the_grid.finish();
  EXPECT_EQ(all, (std::vector<said>{{4s, "host=a", 1}}));
}

TEST_F(HeldBackByResample, ALineNeedsThePointAfter) {
  auto e = make_resample("linear");
  add_value(e, 1s, 1);
  e.advance(noon + 1s);
  e.advance(noon + 30s);
  e.finish();
  EXPECT_TRUE(all.empty());
}

TEST_F(HeldBackByResample, TheClockRepeatsTheValueAsFarAsMaxFill) {
  auto e = make_resample("previous", {{"maxFill", {5s}}});
  add_value(e, 1s, 7);
  e.advance(noon + 1s);
  e.advance(noon + 3999ms);  // the grid time 2 s, and a whole `every` for points that are late
  EXPECT_TRUE(all.empty());
  e.advance(noon + 4s);
  EXPECT_EQ(all, (std::vector<said>{{2s, "host=a", 7}}));
  e.advance(noon + 30s);
  e.advance(noon + 31s);
  EXPECT_EQ(all, (std::vector<said>{{2s, "host=a", 7}, {4s, "host=a", 7}, {6s, "host=a", 7}}));
}

TEST_F(HeldBackByResample, PointsThatComeAfterTheClockCountFromTheNextGridTimeOn) {
  auto e = make_resample("previous", {{"maxFill", {5s}}});
  add_value(e, 1s, 7);
  e.advance(noon + 1s);
  e.advance(noon + 20s);  // emits 2 s, 4 s and 6 s
  all.clear();
  add_value(e, 5s, 8);
  add_value(e, 6s, 9);
  EXPECT_TRUE(all.empty());
  add_value(e, 9s, 10);
  EXPECT_EQ(all, (std::vector<said>{{8s, "host=a", 9}}));
}

TEST_F(HeldBackByResample, TheClockEndsIntervalsOfMeans) {
  auto e = make_resample("mean", {{"maxFill", {2s}}});
  add_value(e, 0s, 1);
  add_value(e, 1s, 2);
  e.advance(noon + 1s);
  e.advance(noon + 3999ms);
  EXPECT_TRUE(all.empty());
  e.advance(noon + 4s);
  EXPECT_EQ(all, (std::vector<said>{{0s, "host=a", 1.5}}));
  e.advance(noon + 30s);
  e.finish();
  EXPECT_EQ(all, (std::vector<said>{{0s, "host=a", 1.5}, {2s, "host=a", 1.5}}));
}

TEST_F(HeldBackByResample, ItGoesOnFromASnapshot) {
  for (const char* method : {"previous", "mean"}) {
    all.clear();
    auto first = make_resample(method, {{"maxFill", {5s}}});
    add_value(first, 1s, 7);
    first.advance(noon + 1s);
    first.advance(noon + 4s);
    EXPECT_EQ(all.size(), 1u) << method;
    auto second = make_resample(method, {{"maxFill", {5s}}});
    EXPECT_EQ(second.load(first.save()), "");
    second.advance(noon + 2s);
    second.advance(noon + 7s);
    EXPECT_EQ(all.size(), 2u) << method;
    EXPECT_EQ(all.back().group, "host=a");
  }
}

class GapThatLasts : public HeldBack {
 protected:
  engine make_anomaly(std::vector<option> more = {}) {
    more.push_back({"field", {"x"}});
    more.push_back({"warmup", {std::int64_t{20}}});
    return make<anomaly>(more, "anomaly_score");
  }
  /// A point each second; what is said of them is left out.
  void add_usual(engine& e) {
    add_seconds(e, 60);
    all.clear();
    e.advance(noon + 59s);
  }
};

TEST_F(GapThatLasts, IsReportedOnceByTheClock) {
  auto e = make_anomaly({{"detectGaps", {}}});
  add_usual(e);
  e.advance(noon + 65s);
  EXPECT_TRUE(all.empty());
  e.advance(noon + 80s);
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].time, 80s);
  EXPECT_EQ(all[0].group, "host=a");
  EXPECT_GE(all[0].value, 0.5);
  e.advance(noon + 90s);
  EXPECT_EQ(all.size(), 1u);
}

TEST_F(GapThatLasts, LeavesTheJudgementOfThePointAfterItAsItIs) {
  const auto judged = [&](bool with_clock) {
    auto e = make_anomaly({{"detectGaps", {}}});
    add_usual(e);
    if (with_clock) e.advance(noon + 90s);
    all.clear();
    add(e, 100s);
    return all;
  };
  const auto expected = judged(false);
  ASSERT_EQ(expected.size(), 1u);
  EXPECT_GE(expected[0].value, 0.5);
  EXPECT_EQ(judged(true), expected);
}

TEST_F(GapThatLasts, IsReportedAgainAfterTheNextPoint) {
  auto e = make_anomaly({{"detectGaps", {}}});
  add_usual(e);
  e.advance(noon + 80s);
  add(e, 81s);
  all.clear();
  e.advance(noon + 81s);
  e.advance(noon + 200s);
  EXPECT_EQ(all.size(), 1u);
}

TEST_F(GapThatLasts, IsNoneWithoutTheOptionOrOfARecording) {
  auto without = make_anomaly();
  add_usual(without);
  without.advance(noon + 200s);
  EXPECT_TRUE(all.empty());

  auto old = make_anomaly({{"detectGaps", {}}});
  add_seconds(old, 60);
  all.clear();
  old.advance(noon + 1h);
  old.advance(noon + 2h);
  EXPECT_TRUE(all.empty());
}

TEST(UsesClock, LetsOptionsDoWithoutOnTime) {
  const auto wants = [](const function& f, const std::vector<option>& options) {
    return f.make_task(options, {})->wants_time();
  };
  const auto gaps = make_function<anomaly>("f");
  EXPECT_TRUE(wants(gaps, {{"field", {"x"}}, {"detectGaps", {}}}));
  EXPECT_FALSE(wants(gaps, {{"field", {"x"}}}));
  const auto grid = make_function<resample>("f");
  EXPECT_TRUE(wants(grid, {{"field", {"x"}}, {"every", {1s}}}));
  EXPECT_FALSE(wants(grid, {{"field", {"x"}}, {"every", {1s}}, {"method", {"linear"}}}));
}

TEST(LiveClock, HasNoTimeWithoutPoints) {
  live_clock clock;
  EXPECT_EQ(clock.time(noon), std::nullopt);
}

TEST(LiveClock, GoesOnWithTheWallClockFromTheNewestPointOn) {
  live_clock clock;
  clock.take(noon);
  clock.take(noon - 10s);
  EXPECT_EQ(clock.time(noon + 3s), noon);
  EXPECT_EQ(clock.time(noon + 5s), noon + 2s);
  EXPECT_EQ(clock.time(noon + 2s), std::nullopt);  // the wall clock was set back
}

TEST(LiveClock, IsOfStreamsWithinAMinuteOfTheWallClock) {
  for (const auto off : {-1min - 1ns, 1min + 1ns}) {
    live_clock clock;
    clock.take(noon);
    EXPECT_EQ(clock.time(noon + off), std::nullopt);
    EXPECT_EQ(clock.time(noon + off + 1s), std::nullopt);
  }
  for (const auto at : {timestamp::min(), timestamp::max()}) {
    live_clock clock;
    clock.take(at);
    EXPECT_EQ(clock.time(noon), std::nullopt);
    EXPECT_EQ(live_clock(clock).time(at), std::nullopt);
  }
}

}  // namespace
}  // namespace kapacitor::udf::life_cycle_test
