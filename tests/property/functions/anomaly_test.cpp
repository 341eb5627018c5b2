#include "functions/detection/anomaly.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <initializer_list>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "functions/detection/explanation.hpp"
#include "property/functions/forged_snapshot.hpp"
#include "property/sample.hpp"
#include <kapacitor/udf/testing.hpp>

namespace kapacitor::udf::anomaly_test {
namespace {

using functions::anomaly_model;
using functions::anomaly_result;

constexpr std::int64_t minute = 60'000'000'000;

struct reading {
  std::int64_t time;
  double value;
};

/// A wave of a day, noise, steps that last for a while, spikes: a point every five minutes.
std::vector<reading> series(std::uint64_t seed, std::size_t n) {
  test::sample random(seed);
  std::vector<reading> result;
  double step = 0;
  for (std::size_t i = 0; i < n; ++i) {
    if (random.one_in(700)) step = 20 * random.part() - 10;
    double noise = -6;
    for (int k = 0; k < 12; ++k) noise += random.part();
    const double day = std::sin(2 * 3.141592653589793 * static_cast<double>(i) / 288);
    const double spike = random.one_in(500) ? 40 : 0;
    result.push_back({static_cast<std::int64_t>(i) * 5 * minute, 3 * day + noise + step + spike});
  }
  return result;
}

/// A wave of a day and noise of 1: nothing unusual, a point every five minutes.
std::vector<reading> calm(std::uint64_t seed, std::size_t n) {
  test::sample random(seed);
  std::vector<reading> result;
  for (std::size_t i = 0; i < n; ++i) {
    double noise = -6;
    for (int k = 0; k < 12; ++k) noise += random.part();
    const double day = std::sin(2 * 3.141592653589793 * static_cast<double>(i) / 288);
    result.push_back({static_cast<std::int64_t>(i) * 5 * minute, 3 * day + noise});
  }
  return result;
}

std::vector<anomaly_result> judged(const std::vector<reading>& all,
                                   const functions::anomaly_settings& settings) {
  anomaly_model model;
  std::vector<anomaly_result> results;
  for (const auto& r : all) {
    const udf::timestamp time{std::chrono::nanoseconds(r.time)};
    results.push_back(model.update(time, r.value, settings));
  }
  return results;
}

std::vector<anomaly_result> judged(const std::vector<reading>& all, double factor = 1,
                                   double offset = 0, std::int64_t later = 0) {
  anomaly_model model;
  std::vector<anomaly_result> results;
  for (const auto& r : all) {
    const udf::timestamp time{std::chrono::nanoseconds(r.time + later)};
    results.push_back(model.update(time, factor * r.value + offset, {}));
  }
  return results;
}

std::vector<std::size_t> alarms(const std::vector<anomaly_result>& results) {
  std::vector<std::size_t> at;
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (results[i].is_anomaly) at.push_back(i);
  }
  return at;
}

TEST(Anomaly, IsTheSameInOtherUnitsWithAnotherZeroUpsideDownAndAtAnotherHour) {
  std::size_t found = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const auto all = series(seed, 4'000);
    const auto expected = alarms(judged(all));
    found += expected.size();
    EXPECT_EQ(alarms(judged(all, -1)), expected) << seed;
    EXPECT_EQ(alarms(judged(all, 1e6)), expected) << seed;
    EXPECT_EQ(alarms(judged(all, 3.7e-6)), expected) << seed;
    EXPECT_EQ(alarms(judged(all, 1, 12'345)), expected) << seed;
    EXPECT_EQ(alarms(judged(all, 1, 0, 37 * minute)), expected) << seed;
    EXPECT_EQ(alarms(judged(all, 1, 0, std::int64_t{366} * 1440 * minute)), expected) << seed;
  }
  EXPECT_GT(found, 200u);
}

TEST(Anomaly, ScoresAPrefixAsThePrefixOfTheWhole) {
  const auto all = series(50, 3'000);
  const auto whole = judged(all);
  for (const std::size_t n : {1u, 2u, 99u, 100u, 101u, 1'000u, 2'999u}) {
    const auto part = judged({all.begin(), all.begin() + static_cast<std::ptrdiff_t>(n)});
    for (std::size_t i = 0; i < n; ++i) {
      ASSERT_EQ(part[i].score, whole[i].score);
      ASSERT_EQ(part[i].raw, whole[i].raw);
      ASSERT_EQ(part[i].evidence, whole[i].evidence);
    }
  }
}

test::point at(const reading& r) {
  return {.fields = {{"x", r.value}}, .time = 1'600'000'000'000'000'000 + r.time};
}

TEST(Anomaly, GoesOnFromSnapshotsAtRandomPointsBitForBit) {
  test::sample random(60);
  const auto f = make_function<functions::anomaly>("anomaly");
  const std::vector<option> options = {{"field", {"x"}}, {"explain", {}}, {"detectGaps", {}}};
  test::runner whole(f, options);
  auto part = std::make_unique<test::runner>(f, options);
  const auto all = series(61, 6'000);
  for (std::size_t i = 0; i < all.size();) {
    std::vector<test::point> points;
    for (auto n = 1 + random.below(400); n > 0 && i < all.size(); --n)
      points.push_back(at(all[i++]));
    const auto expected = whole.feed(points).points, got = part->feed(points).points;
    ASSERT_EQ(got.size(), expected.size());
    for (std::size_t k = 0; k < got.size(); ++k) ASSERT_EQ(got[k].fields, expected[k].fields);
    const auto kept = part->snapshot();
    EXPECT_LT(kept.size(), 2'048u);
    part = std::make_unique<test::runner>(f, options);
    ASSERT_EQ(part->restore(kept), "");
  }
}

/// What comes of these values after 2000 points of noise.
std::vector<anomaly_result> after_noise(const std::vector<double>& values) {
  constexpr std::size_t before = 2'000;
  auto all = series(70, before);
  for (const double x : values) all.push_back({all.back().time + 5 * minute, x});
  const auto results = judged(all);
  return {results.begin() + before, results.end()};
}

TEST(Anomaly, FindsAStepUpAndAStepDown) {
  EXPECT_TRUE(after_noise({100}).at(0).is_anomaly);
  EXPECT_TRUE(after_noise({-100}).at(0).is_anomaly);
}

TEST(Anomaly, IsFiniteAndQuietWhateverComes) {
  constexpr double most = std::numeric_limits<double>::max();
  for (const auto& values :
       {std::vector<double>(5'000, 7.25), std::vector<double>(5'000, 0.1),
        std::vector<double>{most, -most, most, 0, 5e-324, -0.0, 1e300, 1e150, -1e150, 1}}) {
    const auto results = after_noise(values);
    for (const auto& r : results) {
      ASSERT_TRUE(std::isfinite(r.raw) && r.score >= 0 && r.score < 1);
      for (const double e : r.evidence) ASSERT_TRUE(e >= 0 && e <= 4) << e;
      ASSERT_TRUE(std::isfinite(r.expected.lower) && std::isfinite(r.expected.upper));
    }
    EXPECT_LE(alarms(results).size(), 5u);
  }
  EXPECT_TRUE(alarms(judged(std::vector<reading>(10'000, {0, 3.3}))).empty());
  std::vector<reading> backwards;
  for (int i = 0; i < 10'000; ++i) backwards.push_back({-i * minute, static_cast<double>(i % 7)});
  EXPECT_LE(alarms(judged(backwards)).size(), 5u);
}

TEST(Anomaly, OfATimeWithoutEndIsNoCrash) {
  anomaly_model model;
  for (const auto t :
       {std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max(),
        std::int64_t{0}, std::numeric_limits<std::int64_t>::min()}) {
    const auto r =
        model.update(udf::timestamp{std::chrono::nanoseconds(t)}, 1, {.detect_gaps = true});
    EXPECT_TRUE(std::isfinite(r.raw));
  }
}

TEST(Anomaly, FindsAGapOnlyWhereAsked) {
  auto all = series(80, 2'000);
  for (std::size_t i = 1'500; i < all.size(); ++i) all[i].time += 500 * minute;
  EXPECT_FALSE(judged(all)[1'500].is_anomaly);
  anomaly_model model;
  bool found = false;
  for (std::size_t i = 0; i <= 1'500; ++i) {
    const udf::timestamp time{std::chrono::nanoseconds(all[i].time)};
    found = model.update(time, all[i].value, {.detect_gaps = true}).is_anomaly;
  }
  EXPECT_TRUE(found);
}

TEST(Anomaly, IsSilentDuringItsWarmUpAndForAFifthOfItsScaleAfterAnAlarmOfSomethingNew) {
  anomaly_model model;
  std::vector<std::size_t> at;
  for (std::size_t i = 0; i < 400; ++i) {
    // Twice as far out as ever before, every time.
    const double x = (i % 2 ? 1 : -1) * std::pow(1.5, static_cast<double>(i));
    const udf::timestamp time{std::chrono::nanoseconds(static_cast<std::int64_t>(i) * minute)};
    const auto r = model.update(time, x, {.warmup = 5, .event_points = 100});
    if (r.is_anomaly) at.push_back(i);
  }
  ASSERT_GT(at.size(), 2u);
  EXPECT_GE(at[0], 5u);
  for (std::size_t i = 1; i < at.size(); ++i) EXPECT_GT(at[i] - at[i - 1], 20u);
}

/// A wave of a day with noise of 1, and these values added: at a point of its own each.
struct addition {
  std::size_t at;
  double more;
};
std::vector<reading> wave_with(std::uint64_t seed, std::size_t n,
                               const std::vector<addition>& additions) {
  auto all = calm(seed, n);
  for (const auto& a : additions) all[a.at].value += a.more;
  return all;
}

TEST(Anomaly, FindsSpikesThatRecur) {
  std::size_t found = 0, all = 0;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    std::vector<addition> spikes;
    for (std::size_t at = 2'000 + 13 * seed; at < 12'000; at += 500) spikes.push_back({at, 13});
    const auto results = judged(wave_with(seed, 12'000, spikes));
    for (std::size_t i = 3; i < spikes.size(); ++i) {
      ++all;
      if (results[spikes[i].at].is_anomaly) ++found;
    }
  }
  EXPECT_GT(found, all * 85 / 100) << "of " << all;
}

/// Alarms of ten series: at the first spike, at the fourth and later ones; series with one at the
/// end, which stands still.
struct spikes_found {
  int first = 0, later = 0, standing = 0;
};
spikes_found found_of_spikes(const functions::anomaly_settings& settings) {
  spikes_found found;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    std::vector<addition> spikes;
    for (std::size_t at = 4'000 + 13 * seed; at < 14'000; at += 500) spikes.push_back({at, 13});
    auto all = wave_with(seed, 14'000, spikes);
    for (std::size_t i = 13'801; i < 13'950; ++i) all[i].value = all[13'800].value;
    const auto results = judged(all, settings);
    for (std::size_t i = 0; i < spikes.size(); ++i) {
      if (!results[spikes[i].at].is_anomaly) continue;
      if (i == 0) ++found.first;
      if (i >= 3) ++found.later;
    }
    const auto late = std::span(results).subspan(13'800);
    found.standing +=
        std::any_of(late.begin(), late.end(), [](const auto& r) { return r.is_anomaly; });
  }
  return found;
}

TEST(Anomaly, WithOnlyNewFindsTheFirstOfWhatRecursAndNoStandstill) {
  const auto all = found_of_spikes({}), new_ones = found_of_spikes({.only_new = true});
  EXPECT_GE(new_ones.first, 9);
  EXPECT_GE(all.first, 9);
  EXPECT_LT(new_ones.later, 170 / 5);
  EXPECT_GT(all.later, 170 * 85 / 100);
  EXPECT_LE(new_ones.standing, 1);
  EXPECT_EQ(all.standing, 10);
}

TEST(Anomaly, TakesSpikesThatComeOftenForUsual) {
  std::size_t late = 0;
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    std::vector<addition> spikes;
    for (std::size_t at = 30; at < 20'000; at += 60) spikes.push_back({at, 13});
    for (const auto at : alarms(judged(wave_with(seed, 20'000, spikes)))) {
      if (at >= 10'000) ++late;
    }
  }
  EXPECT_LE(late, 5u * 3u) << "3 in 10,000 points";
}

TEST(Anomaly, FindsAFlatLineOfContinuousDataOnceAndNotInDataThatStandStillOften) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    auto all = calm(seed, 5'000);
    for (std::size_t i = 4'001; i < 4'200; ++i) all[i].value = all[4'000].value;
    const auto results = judged(all);
    const auto at = alarms(results);
    const auto in_line = [](std::size_t i) { return i >= 4'000 && i < 4'072; };
    EXPECT_EQ(std::count_if(at.begin(), at.end(), in_line), 1) << seed;
  }
  auto slow = calm(20, 10'000);  // each value ten times
  for (std::size_t i = 0; i < slow.size(); ++i) slow[i].value = slow[i - i % 10].value;
  for (const auto& r : judged(slow)) ASSERT_LT(r.evidence[functions::of_standstill], 1);
}

TEST(Anomaly, IsQuietInTheFirstHours) {
  std::size_t loud = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    if (!alarms(judged(calm(seed, 1'000))).empty()) ++loud;
  }
  EXPECT_LE(loud, 5u);
}

TEST(Anomaly, FindsInTheFirstHoursWhatIsFarBeyondAllBefore) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    auto all = calm(seed, 480);
    for (std::size_t i = 450; i < all.size(); ++i) all[i].value += 120;
    const auto at = alarms(judged(all));
    ASSERT_FALSE(at.empty()) << seed;
    EXPECT_EQ(at.front(), 450u) << seed;
  }
}

TEST(Anomaly, KeepsWithinItsBudgetOfFalseAlarms) {
  std::size_t all = 0;
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    all += alarms(judged(calm(seed, 30'000))).size();
  }
  EXPECT_LT(all, 5u * 3u * 3u) << "3 in 10,000 points";
}

/// What the function itself answers.
std::vector<test::point> answers_to(const std::vector<reading>& all, std::vector<option> options) {
  options.push_back({"field", {"x"}});
  std::vector<test::point> points;
  for (const auto& one : all) points.push_back(at(one));
  return test::runner(make_function<functions::anomaly>("anomaly"), options).feed(points).points;
}

TEST(Anomaly, ReportsAnIncidentOnceWithItsBeginEndLengthAndPeak) {
  auto all = calm(3, 5'000);
  for (std::size_t i = 4'000; i < 4'030; ++i) all[i].value += 30;
  const auto answers = answers_to(all, {});
  ASSERT_EQ(answers.size(), all.size());
  EXPECT_EQ(answers[3'999].find("anomaly_incident"), nullptr);
  std::size_t alarms = 0, ends = 0;
  for (std::size_t i = 4'000; i < 4'100; ++i) {
    if (*answers[i].find("anomaly_is_anomaly") == test::field_value(true)) ++alarms;
    if (answers[i].find("anomaly_end") == nullptr) continue;
    ++ends;
    EXPECT_EQ(*answers[i].find("anomaly_incident"), test::field_value(answers[4'000].time));
    EXPECT_GE(answers[i].number("anomaly_end"), static_cast<double>(answers[4'029].time));
    EXPECT_GE(answers[i].number("anomaly_length"), 30);
    EXPECT_GE(answers[i].number("anomaly_peak"), 1);
    EXPECT_EQ(answers[i + 1].find("anomaly_incident"), nullptr);
  }
  EXPECT_EQ(alarms, 1u);
  EXPECT_EQ(ends, 1u);
}

TEST(Anomaly, DoesNotSwallowASecondIncidentDuringTheRestAfterTheFirst) {
  std::size_t first = 0, second = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const auto results = judged(wave_with(seed, 6'000, {{5'000, 20}, {5'040, 20}}));
    if (results[5'000].is_anomaly) ++first;
    if (results[5'040].is_anomaly) ++second;
  }
  EXPECT_EQ(first, 20u);
  EXPECT_GE(second, 19u);
}

TEST(Anomaly, SaysWhatWasUnusualAndWhatWasExpected) {
  auto all = calm(4, 5'000);
  for (auto& one : all) one.value = 1'000 + 10 * one.value;
  all[4'000].value = 1'500;
  const auto answers = answers_to(all, {{"explain", {}}});
  const auto& found = answers.at(4'000);
  const auto reason = std::get<std::string>(*found.find("anomaly_reason"));
  EXPECT_EQ(reason.substr(0, 12), "1,500 where ") << reason;
  EXPECT_NE(reason.find("was expected"), std::string::npos) << reason;
  EXPECT_LT(found.number("anomaly_lower"), found.number("anomaly_expected"));
  EXPECT_LT(found.number("anomaly_expected"), found.number("anomaly_upper"));
  EXPECT_LT(found.number("anomaly_upper"), 1'200);
  EXPECT_EQ(answers.at(3'900).find("anomaly_reason"), nullptr);
}

TEST(Anomaly, SaysForHowLongTheSeriesHasStoodStill) {
  functions::anomaly_result r;
  r.evidence[functions::of_standstill] = 1.1;
  r.run = 22;
  r.longest_run = 2.99;
  EXPECT_EQ(functions::explanation(1'204, r, std::chrono::hours(24)).text(),
            "1,204 for 22 values, at most 3 so far");
}

TEST(Anomaly, WritesNumbersAsPeopleReadThem) {
  std::array<char, 32> buffer{};
  for (const auto& [x, text] :
       std::initializer_list<std::pair<double, std::string_view>>{{0, "0"},
                                                                  {0.31416, "0.3142"},
                                                                  {-999.94, "-999.9"},
                                                                  {1'204, "1,204"},
                                                                  {-1'204'567.4, "-1,204,567"},
                                                                  {123'456, "123,456"},
                                                                  {1e20, "1e+20"},
                                                                  {-4e-7, "-4e-07"}}) {
    EXPECT_EQ(functions::for_reading(x, buffer), text);
  }
}

TEST(Anomaly, TellsAWrongOption) {
  const auto message = [](std::vector<option> options) {
    options.push_back({"field", {"x"}});
    return test::runner(make_function<functions::anomaly>("anomaly"), options)
        .feed(std::vector<test::point>{})
        .error;
  };
  EXPECT_NE(message({{"season", {std::chrono::seconds(3)}}})
                .find("season must be 0s (none) or at least 24s, got 3s"),
            std::string::npos);
  EXPECT_NE(message({{"sensitivity", {0.0}}}).find("sensitivity must be between 0.01 and 100.0"),
            std::string::npos);
}

TEST(Anomaly, RefusesASnapshotWhoseNumbersAreNotFinite) {
  const std::vector<option> options = {{"field", {"x"}}};
  test::runner r(make_function<functions::anomaly>("anomaly"), options);
  r.feed({{.fields = {{"x", 3.5}}, .time = 1}});
  const std::string one("\0\0\0\0\0\0\xf0\x3f", 8), no_number("\0\0\0\0\0\0\xf8\x7f", 8);
  const auto sound = r.snapshot();
  EXPECT_EQ(r.restore(sound), "");
  EXPECT_EQ(r.restore(test::with_replaced(sound, one, no_number)),
            "the snapshot has numbers that are not finite, or counts that cannot be");
}

TEST(Anomaly, TakesNoHarmOfAnySnapshot) {
  std::vector<test::point> points;
  for (const auto& [time, value] : series(1, 20)) {
    points.push_back({.fields = {{"x", value}}, .time = time});
  }
  test::expect_no_harm_of_another_byte<functions::anomaly>({{"field", {"x"}}}, points);
}

}  // namespace
}  // namespace kapacitor::udf::anomaly_test
