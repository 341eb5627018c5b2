#include "drive/window.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text/error.hpp"

namespace kapacitor::udf::host {
namespace {

using ::testing::ElementsAre;

// Batches as text, "tmax: time time ...", for points at these times.
std::vector<std::string> batches(const window_settings& s, const std::vector<std::int64_t>& times) {
  std::vector<std::string> seen;
  window w(s, times.front());
  for (const auto time : times) {
    w.add(time, "p", [&](std::int64_t tmax, const auto& points) {
      auto text = std::to_string(tmax) + ":";
      for (const auto& p : points) text += " " + std::to_string(p.time);
      seen.push_back(text);
    });
  }
  return seen;
}

window_settings by_time(std::int64_t period, std::int64_t every) {
  return {window_settings::unit::time, period, every, false, false};
}
window_settings by_count(std::int64_t period, std::int64_t every) {
  return {window_settings::unit::count, period, every, false, false};
}

TEST(TimeWindow, EmitsWhenAPointReachesTheNextEmitTime) {
  EXPECT_THAT(batches(by_time(10, 10), {0, 3, 9, 10, 15, 20}),
              ElementsAre("10: 0 3 9", "20: 10 15"));
}

TEST(TimeWindow, OverlapsWhereThePeriodIsLongerThanEvery) {
  EXPECT_THAT(batches(by_time(10, 5), {0, 4, 5, 9, 10, 15}),
              ElementsAre("5: 0 4", "10: 0 4 5 9", "15: 5 9 10"));
}

TEST(TimeWindow, CountsOnFromThePointThatCompletedTheLast) {
  EXPECT_THAT(batches(by_time(10, 10), {0, 13, 20, 22, 23}), ElementsAre("10: 0", "23: 13 20 22"));
}

TEST(TimeWindow, SendsAnEmptyBatchAfterAGap) {
  EXPECT_THAT(batches(by_time(2, 10), {0, 13, 24}), ElementsAre("10:", "23:"));
}

TEST(TimeWindow, EmitsAtEachPointWhereEveryIs0) {
  EXPECT_THAT(batches(by_time(5, 0), {0, 3, 5, 9}),
              ElementsAre("0: 0", "3: 0 3", "5: 3 5", "9: 5 9"));
}

TEST(TimeWindow, WaitsForAWholePeriod) {
  auto s = by_time(10, 5);
  s.fill_period = true;
  EXPECT_THAT(batches(s, {0, 5, 9, 10, 15}), ElementsAre("10: 0 5 9", "15: 5 9 10"));
}

TEST(TimeWindow, AlignsToWholeMultiplesSinceTheYear1) {
  auto s = by_time(10'000'000'000, 10'000'000'000);
  s.align = true;
  const std::int64_t second = 1'000'000'000;
  EXPECT_THAT(batches(s, {3 * second, 9 * second, 12 * second, 21 * second}),
              ElementsAre("10000000000: 3000000000 9000000000", "20000000000: 12000000000"));
  // 7 s: 62135596800 s before 1970 is 4 s over a whole multiple.
  s = by_time(7 * second, 7 * second);
  s.align = true;
  EXPECT_THAT(batches(s, {0, 3 * second}), ElementsAre("3000000000: 0"));
}

TEST(CountWindow, EmitsEverySoManyPoints) {
  EXPECT_THAT(batches(by_count(3, 2), {1, 2, 3, 4, 5}), ElementsAre("2: 1 2", "4: 2 3 4"));
  EXPECT_THAT(batches(by_count(2, 2), {1, 2, 3, 4, 5}), ElementsAre("2: 1 2", "4: 3 4"));
}

TEST(CountWindow, WaitsForAWholePeriod) {
  auto s = by_count(3, 1);
  s.fill_period = true;
  EXPECT_THAT(batches(s, {1, 2, 3, 4}), ElementsAre("3: 1 2 3", "4: 2 3 4"));
}

TEST(Window, KnowsWhatHasNotBeenEmitted) {
  window w(by_count(2, 2), 0);
  const auto ignore = [](std::int64_t, const auto&) {};
  w.add(1, "p", ignore);
  EXPECT_EQ(w.waiting(), 1u);
  w.add(2, "p", ignore);
  EXPECT_EQ(w.waiting(), 0u);
  w.add(3, "p", ignore);
  EXPECT_EQ(w.waiting(), 1u);
}

TEST(WindowArgument, HasPeriodAndEvery) {
  const auto w = parse_time_window("1m/10s");
  EXPECT_EQ(w.period, 60'000'000'000);
  EXPECT_EQ(w.every, 10'000'000'000);
  EXPECT_EQ(parse_time_window("10s").every, 10'000'000'000);
  EXPECT_EQ(parse_count_window("5/2").every, 2);
  EXPECT_THROW(parse_time_window("0s/1s"), usage_error);
  EXPECT_THROW(parse_time_window("abc"), usage_error);
  EXPECT_THROW(parse_count_window("5/0"), usage_error);
  EXPECT_THROW(parse_count_window("5s"), usage_error);
}

// Under UBSan: whatever is added to these times, nothing wraps.
TEST(Window, TakesTheFirstAndTheLastTimeThereIs) {
  constexpr std::int64_t extremes[] = {
      INT64_MIN, INT64_MIN + 1, -9'000'000'000'000'000'000, -1, 0, 9'000'000'000'000'000'000,
      INT64_MAX};
  for (const char* text : {"1ns", "10s/0s", "106751d", "106751d/3s"}) {
    for (const bool align : {false, true}) {
      for (const bool fill : {false, true}) {
        auto settings = parse_time_window(text);
        settings.align = align && settings.every > 0;
        settings.fill_period = fill;
        for (const auto first : extremes) {
          window w(settings, first);
          int batches = 0;
          for (const auto time : extremes) w.add(time, "x", [&](auto, const auto&) { ++batches; });
          EXPECT_LE(batches, 7);
        }
      }
    }
  }
}

}  // namespace
}  // namespace kapacitor::udf::host
