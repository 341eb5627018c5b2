#include "functions/detection/anomaly.hpp"

#include <cmath>
#include <limits>
#include <memory>
#include <vector>

#include <gtest/gtest.h>

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
    EXPECT_LT(kept.size(), 1'024u);
    part = std::make_unique<test::runner>(f, options);
    ASSERT_EQ(part->restore(kept), "");
  }
}

/// What comes of these values after 300 points of noise.
std::vector<anomaly_result> after_noise(const std::vector<double>& values) {
  auto all = series(70, 300);
  for (const double x : values) all.push_back({all.back().time + 5 * minute, x});
  const auto results = judged(all);
  return {results.begin() + 300, results.end()};
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

TEST(Anomaly, IsSilentDuringItsWarmUpAndForAFifthOfItsScaleAfterAnAlarm) {
  anomaly_model model;
  std::vector<std::size_t> at;
  for (std::size_t i = 0; i < 400; ++i) {
    // Twice as far out as ever before, every time.
    const double x = (i % 2 ? 1 : -1) * std::pow(1.5, static_cast<double>(i));
    const udf::timestamp time{std::chrono::nanoseconds(static_cast<std::int64_t>(i) * minute)};
    const auto r = model.update(time, x, {.warmup = 50, .event_points = 100});
    if (r.is_anomaly) at.push_back(i);
    if (i > 10) {
      EXPECT_GT(r.raw, 1) << "at " << i;
    }
  }
  ASSERT_GT(at.size(), 2u);
  EXPECT_EQ(at[0], 50u);
  EXPECT_EQ(at[1], 71u);
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
