#include "functions/tracking/state.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include <gtest/gtest.h>

#include "property/functions/forged_snapshot.hpp"
#include "property/functions/reading.hpp"
#include "property/sample.hpp"

namespace kapacitor::udf::state_test {
namespace {

using functions::tracked_state;
using test::at;
using test::second;
using test::start;
using namespace std::chrono_literals;
using limits = std::numeric_limits<std::int64_t>;

test::output run(std::vector<option> options, const std::vector<test::point>& points) {
  options.push_back({"field", {"x"}});
  return test::run<tracked_state>(options, points);
}
template <class T>
std::vector<T> column(const test::output& out, const std::string& field) {
  std::vector<T> result;
  for (const auto& p : out.points) {
    const auto* found = p.find(field);
    result.push_back(found ? std::get<T>(*found) : T{});
  }
  return result;
}
using names = std::vector<std::string>;

const std::vector<option> two_levels = {
    {"level", {"warn", 80.0}}, {"level", {"crit", 90.0}}, {"hysteresis", {5.0}}};

TEST(StateHardCases, ALevelIsReachedAtItsThresholdAndLeftBeyondTheHysteresis) {
  const auto of = [](std::vector<option> options, const std::vector<double>& values) {
    std::vector<test::point> points;
    for (const double x : values) points.push_back(at(0, x));
    return column<std::string>(run(std::move(options), points), "state");
  };
  EXPECT_EQ(of(two_levels, {79.9, 80, 75, 74.9, 79.9, 95, 85, 84.9, 0}),
            (names{"ok", "warn", "warn", "ok", "ok", "crit", "crit", "warn", "ok"}));
  EXPECT_EQ(of({{"level", {"low", 20.0}},
                {"direction", {"below"}},
                {"hysteresis", {5.0}},
                {"normalState", {"full"}}},
               {20.1, 20, 25, 25.1, -1e308}),
            (names{"full", "low", "low", "full", "low"}));
}

TEST(StateHardCases, TheFirstPointIsBelievedAndHasLastedForNoTime) {
  const auto out = run({{"minPoints", {5}}}, {at(7, "up")}).points;
  ASSERT_EQ(out.size(), 1u);
  EXPECT_EQ(*out[0].find("state"), test::field_value("up"));
  EXPECT_EQ(out[0].number("state_duration"), 0.0);
  EXPECT_EQ(out[0].number("state_count"), 1.0);
  EXPECT_EQ(*out[0].find("state_changed"), test::field_value(false));
}

TEST(StateHardCases, AChangeHasToLastAndCountsFromItsFirstPoint) {
  const std::vector<option> options = {{"minPoints", {2}}, {"minDuration", {3s}}, {"unit", {1min}}};
  const auto out =
      run(options, {at(0, "a"), at(60 * second, "b"), at(61 * second, "b"), at(62 * second, "a"),
                    at(63 * second, "b"), at(66 * second, "b"), at(66 * second, "a")});
  EXPECT_EQ(column<std::string>(out, "state"), (names{"a", "a", "a", "a", "a", "b", "b"}));
  EXPECT_EQ(column<std::int64_t>(out, "state_count"),
            (std::vector<std::int64_t>{1, 2, 3, 4, 5, 2, 3}));
  EXPECT_EQ(column<double>(out, "state_duration")[5], 0.05);
  EXPECT_EQ(column<bool>(out, "state_changed"),
            (std::vector<bool>{false, false, false, false, false, true, false}));
}

TEST(StateHardCases, StringsBoolsAndIntsAreStatesDoublesAreNot) {
  const auto out = run({}, {at(0, "up"), at(1, true), at(2, false), at(3, limits::min()),
                            at(4, 1.5), at(5, ""), at(6, (std::int64_t{1} << 53) + 1)});
  EXPECT_EQ(column<std::string>(out, "state"),
            (names{"up", "true", "false", "-9223372036854775808", "", "9007199254740993"}));
}

TEST(StateHardCases, OfLongTextsTheFirst256BytesAreTheState) {
  const std::string a(255, 'a');
  const auto out = run(
      {}, {at(0, a + "\u00e4"), at(1, a + "\u00f6 and more"), at(2, a + "b..."), at(3, a + "b!")});
  EXPECT_EQ(column<std::string>(out, "state"), (names{a, a, a + "b", a + "b"}));
  EXPECT_EQ(column<bool>(out, "state_changed"), (std::vector<bool>{false, false, true, false}));
}

TEST(StateHardCases, LatePointsAreDroppedAndTouchNoLevel) {
  const auto out = run(two_levels, {at(second, 70.0), at(0, 95.0), at(second, 87.0)});
  EXPECT_EQ(column<std::string>(out, "state"), (names{"ok", "warn"}));
}

TEST(StateHardCases, TheWholeRangeOfTimesIsNoMatter) {
  const auto out = run({{"changesWithin", {std::chrono::nanoseconds::max()}}, {"unit", {1ns}}},
                       {at(limits::min(), 1), at(0, 2), at(limits::max(), 2)});
  EXPECT_EQ(column<double>(out, "state_duration"), (std::vector<double>{0, 0, 0x1p63}));
  EXPECT_EQ(column<std::int64_t>(out, "state_changes"), (std::vector<std::int64_t>{0, 1, 0}));
}

TEST(StateHardCases, NoMoreThan1000ChangesAreCounted) {
  std::vector<test::point> points;
  for (int i = 0; i < 3'000; ++i) points.push_back(at(i, i % 2));
  const auto out = run({{"changesWithin", {1h}}, {"flapping", {1'000}}}, points);
  EXPECT_EQ(column<std::int64_t>(out, "state_changes")[999], 999);
  EXPECT_FALSE(column<bool>(out, "state_flapping")[999]);
  EXPECT_TRUE(column<bool>(out, "state_flapping")[1'000]);
  EXPECT_EQ(column<std::int64_t>(out, "state_changes").back(), 1'000);
}

TEST(StateHardCases, HasRoomForManyGroups) {
  test::runner r(make_function<tracked_state>("f"), {{"field", {"x"}}, {"changesWithin", {1h}}});
  std::vector<test::point> points;
  for (int i = 0; i < 100'000; ++i) {
    points.push_back(at(start, i));
    points.back().tags = {{"host", std::to_string(i)}};
  }
  const auto out = r.feed(points);
  ASSERT_EQ(out.points.size(), 100'000u);
  EXPECT_EQ(column<std::string>(out, "state").back(), "99999");
}

TEST(StateSnapshot, OfAnythingIsRefusedOrGoneOnFrom) {
  for (const auto& more : {option{"level", {"warn", 1.5}}, option{"normalState", {"fine"}}}) {
    test::expect_no_harm_of_another_byte<tracked_state>(
        {{"field", {"x"}}, {"changesWithin", {10s}}, {"minPoints", {2}}, more},
        {at(0, 1), at(1, 2), at(2, 2), at(3, 2), at(4, 1)});
  }
}

TEST(StateOptions, AreRefusedWithAllThatIsNeededToSetThemRight) {
  struct wrong {
    std::vector<option> options;
    std::string error;
  };
  const option warn{"level", {"warn", 80.0}};
  const std::string levels_needed = " needs levels: .level(name, threshold)";
  const std::vector<wrong> all = {
      {{{"hysteresis", {5.0}}, {"direction", {"below"}}},
       "hysteresis" + levels_needed + "; direction" + levels_needed},
      {{warn, {"direction", {"over"}}}, "direction must be one of 'above', 'below', got 'over'"},
      {{warn, {"level", {"crit", 70.0}}},
       "levels must have ascending thresholds with direction 'above', got .level('warn', "
       "80.0).level('crit', 70.0)"},
      {{warn, {"level", {"crit", 80.0}}, {"direction", {"below"}}},
       "levels must have descending thresholds with direction 'below', got .level('warn', "
       "80.0).level('crit', 80.0)"},
      {{warn, {"level", {"warn", 90.0}}, {"level", {"", 95.0}}, {"level", {"ok", 99.0}}},
       "a level's name must differ from normalState and from those of other levels, got "
       ".level('warn', 90.0); a level's name must be a non-empty text, got .level('', 95.0); a "
       "level's name must differ from normalState and from those of other levels, got .level('ok', "
       "99.0)"},
      {{{"flapping", {3}}},
       "flapping needs the time to count the changes in: .changesWithin(duration)"},
      {{{"flapping", {0}}, {"changesWithin", {1s}}}, "flapping must be between 1 and 1000, got 0"},
      {{{"level", {std::string(257, 'a'), 1.0}}},
       "level must name a state with at most 256 bytes, got 257"},
      {{{"minPoints", {0}}}, "minPoints must be at least 1, got 0"},
      {{{"unit", {0s}}}, "unit must be more than 0s, got 0s"},
  };
  for (const auto& [options, error] : all) EXPECT_EQ(run(options, {}).error, "f: " + error);
}

}  // namespace
}  // namespace kapacitor::udf::state_test
