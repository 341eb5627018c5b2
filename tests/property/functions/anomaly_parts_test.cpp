#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <vector>

#include <gtest/gtest.h>

#include "functions/detection/alarm_control.hpp"
#include "functions/detection/flat_line.hpp"
#include "functions/detection/incident.hpp"
#include "functions/detection/recent_values.hpp"
#include "functions/detection/season_profile.hpp"
#include "functions/numeric/rare_tail.hpp"
#include "property/sample.hpp"

namespace kapacitor::udf::anomaly_parts_test {
namespace {

using namespace functions;
using std::chrono::hours;
using std::chrono::minutes;

double gaussian(test::sample& random) {
  double sum = -6;
  for (int k = 0; k < 12; ++k) sum += random.part();
  return sum;
}

TEST(RareTail, KnowsWhatOneOfAHundredExceeds) {
  test::sample random(1);
  rare_tail tail;
  for (int i = 0; i < 20'000; ++i) tail.learn(std::abs(gaussian(random)), 0, 0.002);
  EXPECT_NEAR(tail.seldom(), 2.57, 0.25);
  EXPECT_EQ(tail.rarity(1, 0), 0);
  EXPECT_NEAR(tail.rarity(2.57, 0), 2, 0.25);
  EXPECT_GT(tail.rarity(8, 0), 4);
  EXPECT_LE(tail.rarity(1e300, 0), rare_tail::most);
}

TEST(RareTail, IsTheSameInAnotherUnit) {
  test::sample random(2);
  rare_tail one, thousand;
  for (int i = 0; i < 5'000; ++i) {
    const double x = std::abs(gaussian(random));
    ASSERT_NEAR(one.rarity(x, 0), thousand.rarity(1024 * x, 0), 1e-9);
    one.learn(x, 0, 0.002);
    thousand.learn(1024 * x, 0, 0.002);
  }
}

TEST(RareTail, IsMovedByOneValueByAStepOnlyHoweverLargeItIs) {
  test::sample random(3);
  rare_tail tail;
  for (int i = 0; i < 20'000; ++i) tail.learn(random.part(), 0, 0.002);
  const double before = tail.seldom();
  tail.learn(1e300, 0, 0.002);
  EXPECT_LE(tail.seldom(), before * 1.0021);
}

TEST(RecentValues, HaveTheMedianOfTheLastTwelve) {
  test::sample random(4);
  recent_values recent;
  std::vector<double> all;
  for (int i = 0; i < 2'000; ++i) {
    all.push_back(std::floor(8 * random.part()));
    recent.add(all.back());
    ASSERT_EQ(recent.is_full(), i >= 11);
    if (!recent.is_full()) continue;
    std::vector<double> last(all.end() - 12, all.end());
    std::sort(last.begin(), last.end());
    ASSERT_EQ(recent.median(), (last[5] + last[6]) / 2) << i;
    if (i % 100 == 50) recent.sort();  // as after a snapshot
  }
}

/// The greatest error of the profile in its last season, against a wave with a middle of 10.
double worst_of(std::chrono::nanoseconds season, std::chrono::nanoseconds step) {
  season_profile profile;
  const udf::timestamp begin{hours(24 * 365 * 50)};
  double worst = 0;
  for (auto t = begin; t < begin + 5 * season; t += step) {
    const double turns =
        static_cast<double>((t - begin).count()) / static_cast<double>(season.count());
    const double x = 10 + std::sin(2 * std::numbers::pi * turns);
    const auto place = profile.place_of(t, season);
    const auto expected = profile.expected(place);
    if (t >= begin + 4 * season) worst = std::max(worst, std::abs(*expected - x));
    profile.learn(place, x, 100);
  }
  return worst;
}

TEST(SeasonProfile, FollowsAWaveOfADayAndOfAWeekBetweenTheMiddlesOfItsParts) {
  EXPECT_LT(worst_of(hours(24), minutes(5)), 0.03);        // a step of a part is 0.26
  EXPECT_LT(worst_of(hours(24 * 7), minutes(30)), 0.015);  // 0.075
}

TEST(SeasonProfile, OfAWeekTellsWeekdaysFromTheWeekend) {
  season_profile profile;
  const auto value = [](int hour) { return hour / 24 % 7 < 5 ? 10.0 : 2.0; };
  for (int hour = 0; hour < 24 * 21; ++hour) {
    profile.learn(profile.place_of(udf::timestamp(hours(hour)), hours(24 * 7)), value(hour), 100);
  }
  for (int hour = 24 * 21 + 12; hour < 24 * 28; hour += 24) {
    const auto place = profile.place_of(udf::timestamp(hours(hour)), hours(24 * 7));
    EXPECT_NEAR(*profile.expected(place), value(hour), 0.1) << hour;
  }
}

/// Alarms of a rarity of 1.4 thresholds every so many of 20,000 points.
int alarms_every(int points) {
  alarm_control control;
  int alarms = 0;
  for (int i = 0; i < 20'000; ++i) {
    const double rarity = i % points == 0 ? 1.4 : 0;
    if (control.judge({.rarity = rarity}, {.is_warm = true}) >= 1) ++alarms;
  }
  return alarms;
}

TEST(AlarmControl, LetsFewRareThingsAlarmAndNotMany) {
  EXPECT_EQ(alarms_every(1'000), 20);
  EXPECT_EQ(alarms_every(500), 40);
  EXPECT_LE(alarms_every(100), 45);
}

TEST(AlarmControl, RestsAfterSomethingNewButNotFromWhatIsRareOnceTheIncidentIsOver) {
  alarm_control control;
  const alarm_control::settings open{.is_warm = true, .incident_is_open = true};
  const alarm_control::settings over{.is_warm = true};
  EXPECT_GE(control.judge({.novelty = 2}, over), 1);
  EXPECT_EQ(control.judge({.novelty = 9}, over), 0);
  EXPECT_EQ(control.judge({.rarity = 2}, open), 0);
  EXPECT_GE(control.judge({.rarity = 2}, over), 1);
  EXPECT_EQ(control.judge({.novelty = 9, .rarity = 9, .standstill = 9}, {}), 0) << "not warm";
}

TEST(FlatLine, ReportsARunOnceAndNotWhereRunsAreUsual) {
  test::sample random(5);
  flat_line flat;
  for (int i = 0; i < 300; ++i) EXPECT_EQ(flat.add(random.part()) >= 1, false);
  int reports = 0;
  for (int i = 0; i < 100; ++i) {
    if (flat.add(0.25) < 1) continue;
    ++reports;
    flat.report();
  }
  EXPECT_EQ(reports, 1);
  for (int i = 0; i < 50; ++i) EXPECT_LT(flat.add(random.part()), 1);
  for (int i = 0; i < 150; ++i) EXPECT_LT(flat.add(0.5), 1) << "a run of 100 is known";
}

TEST(Incident, LastsUntilTwelveUsualPoints) {
  incident one;
  const auto at = [](int i) { return udf::timestamp(minutes(i)); };
  one.begin(at(0), 2);
  EXPECT_FALSE(one.go_on(at(1), 3, true));
  for (int i = 2; i < 12; ++i) EXPECT_FALSE(one.go_on(at(i), 9, false));
  EXPECT_FALSE(one.go_on(at(12), 1, true));
  for (int i = 13; i < 24; ++i) EXPECT_FALSE(one.go_on(at(i), 1, false)) << i;
  EXPECT_TRUE(one.go_on(at(24), 1, false));
  EXPECT_FALSE(one.is_open());
  EXPECT_EQ(one.first(), at(0));
  EXPECT_EQ(one.last(), at(12));
  EXPECT_EQ(one.points(), 13);
  EXPECT_EQ(one.peak(), 3);
}

}  // namespace
}  // namespace kapacitor::udf::anomaly_parts_test
