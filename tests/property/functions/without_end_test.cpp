#include <cmath>
#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

#include "functions/aggregation/space_saving.hpp"
#include "functions/aggregation/t_digest.hpp"
#include "functions/detection/adaptive_window.hpp"
#include "functions/detection/anomaly_model.hpp"
#include "functions/detection/cumulative_sums.hpp"
#include "functions/detection/running_mean.hpp"
#include "functions/detection/weighted_range.hpp"
#include "functions/prediction/holt_winters.hpp"
#include "functions/signal/biquad_filter.hpp"
#include "functions/signal/butterworth.hpp"
#include "functions/statistics/ewma.hpp"
#include "property/sample.hpp"
#include "support/ready_made.hpp"

// Whatever decays, counts or adds up works as after 10^10 points. A state is taken there by setting
// its numbers to what they would be by then, and compared with a fresh one that has seen the recent
// points. tests/bench/soak goes all the way.
namespace kapacitor::udf::without_end_test {
namespace {

using namespace functions;

constexpr double many = 1e10;
constexpr auto count_of_many = static_cast<std::uint64_t>(many);
constexpr std::int64_t second = 1'000'000'000;

udf::timestamp at(std::int64_t seconds) {
  return udf::timestamp(std::chrono::seconds(1'600'000'000 + seconds));
}

/// The parts of a model's state, to be set.
template <std::size_t I, class T>
auto& part(T& model) {
  return std::get<I>(model.state());
}

// As anomaly_model::state() and its parts have them.
auto& new_things(anomaly_model& m) {
  return part<1>(m);
}
auto& seen(anomaly_model& m) {
  return part<0>(m);
}
auto& counts(anomaly_model& m) {
  return part<3>(new_things(m));
}
auto& weight(anomaly_model& m) {
  return part<5>(new_things(m));
}
auto& pressure(anomaly_model& m) {
  return part<0>(part<8>(m));
}
auto& rare_alarms(anomaly_model& m) {
  return part<1>(part<8>(m));
}

/// As after a multiple of `halvings` times log(2) · 16000 points: the counts are kept by their
/// weight, and both are only scaled.
void age(anomaly_model& m, int halvings) {
  weight(m) = std::ldexp(weight(m), -halvings);
  for (auto& count : counts(m)) count = std::ldexp(count, halvings);
}

anomaly_model seasoned_model(test::sample& random, int points) {
  anomaly_model m;
  for (int i = 0; i < points; ++i) m.update(at(i), 5 + 10 * random.part(), {});
  return m;
}

TEST(WithoutEnd, AnomalyScalesItsCountsWithoutATrace) {
  test::sample random(1);
  auto young = seasoned_model(random, 20'000);
  auto old = young;
  age(old, 63);  // some 7,000 points before it has to scale
  ASSERT_GT(weight(old), 0x1p-64);
  for (int i = 20'000; i < 45'000; ++i) {
    const double x = 5 + 10 * random.part();
    const auto a = young.update(at(i), x, {}), b = old.update(at(i), x, {});
    ASSERT_EQ(a.raw, b.raw) << i;
    ASSERT_EQ(a.score, b.score) << i;
  }
  EXPECT_GT(weight(old), 0x1p-65);
  EXPECT_GT(weight(young), 0x1p-65);
}

TEST(WithoutEnd, AnomalyAlarmsAsSeldomAfterTenThousandMillionPoints) {
  test::sample random(2);
  auto m = seasoned_model(random, 20'000);
  seen(m) = count_of_many;
  part<0>(new_things(m)) = count_of_many;
  int alarms = 0;
  constexpr int points = 30'000;
  for (int i = 0; i < points; ++i) {
    alarms += m.update(at(20'000 + i), 5 + 10 * random.part(), {}).is_anomaly;
  }
  EXPECT_LT(alarms, points / 2'000);
  for (const double x : {pressure(m), rare_alarms(m)}) EXPECT_TRUE(x == 0 || std::isnormal(x));
}

/// What the versions wrote that let the weight vanish, and just before it did.
TEST(WithoutEnd, AnomalyRepairsASnapshotThatIsNearlyWornOutAndBeginsAnewWithOneThatIs) {
  test::sample random(3);
  const auto young = seasoned_model(random, 20'000);
  auto nearly = young;
  age(nearly, 980);
  nearly.check_state();
  auto same = young;
  for (int i = 20'000; i < 21'000; ++i) {
    const double x = 5 + 10 * random.part();
    ASSERT_EQ(nearly.update(at(i), x, {}).raw, same.update(at(i), x, {}).raw);
  }
  auto worn = young;
  weight(worn) = 0;
  for (auto& count : counts(worn)) count = HUGE_VAL;
  worn.check_state();
  EXPECT_EQ(seen(worn), 0u);
  anomaly_model fresh;
  for (int i = 0; i < 1'000; ++i) {
    const double x = 5 + 10 * random.part();
    ASSERT_EQ(worn.update(at(i), x, {}).raw, fresh.update(at(i), x, {}).raw) << i;
  }
}

TEST(WithoutEnd, AnomalyRefusesCountsThatDoNotAddUp) {
  test::sample random(4);
  auto m = seasoned_model(random, 2'000);
  counts(m)[8] *= 2;
  EXPECT_THROW(m.check_state(), udf::state_error);
}

TEST(WithoutEnd, ARunningMeanStillMoves) {
  running_mean mean;
  mean.assign(count_of_many, 1e9);
  for (int i = 0; i < 10'000; ++i) mean.add(1e9 + 1);
  EXPECT_NEAR(mean.distance(1e9), -10'000 / many, 1e-3 * 10'000 / many);
}

TEST(WithoutEnd, PageHinkleyStillFindsAChange) {
  cumulative_sums sums;
  const cumulative_sums::settings s{.running_reference = true, .drift = 0.5, .threshold = 20};
  part<0>(sums).assign(count_of_many, 5);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(sums.push(5, s).direction, 0);
  int direction = 0;
  for (int i = 0; i < 10 && direction == 0; ++i) direction = sums.push(9, s).direction;
  EXPECT_EQ(direction, 1);
}

/// A window of 10^10 values, of buckets that say the same as they would.
TEST(WithoutEnd, AdwinStillFindsAChangeAndForgetsTheRest) {
  adaptive_window w;
  const adaptive_window::settings s{.clock = 1};
  auto& rows = part<0>(w);
  std::uint64_t values = 0;
  for (std::size_t r = 0; values < count_of_many; ++r) {
    auto& row = rows.emplace_back();
    for (int i = 0; i < 4; ++i) row.push_back({.mean = 7 + 0.1 * (i % 2), .spread = 1});
    values += std::uint64_t{4} << r;
  }
  part<1>(w).assign(values, 7.05);
  w.check_state();
  int direction = 0;
  for (int i = 0; i < 5'000 && direction == 0; ++i) direction = w.push(12 + i % 2, s).direction;
  EXPECT_EQ(direction, 1);
  for (int i = 0; i < 5'000; ++i) w.push(12 + i % 2, s);
  EXPECT_NEAR(w.mean(), 12.5, 0.01);
}

TEST(WithoutEnd, AWeightedRangeIsThatOfTheRecentPoints) {
  for (const auto half_life :
       {std::chrono::nanoseconds(0), std::chrono::nanoseconds(100 * second)}) {
    weighted_range old(0.01, half_life), fresh(0.01, half_life);
    test::sample random(5);
    for (int i = 0; i < 200; ++i) old.push(at(i), 3 + random.part());
    part<4>(old) = count_of_many;
    for (int i = 200; i < 10'000; ++i) {
      const double x = 1e9 + random.part();
      old.push(at(i), x);
      fresh.push(at(i), x);
    }
    EXPECT_NEAR(old.range()->low, fresh.range()->low, 1e-6);
    EXPECT_NEAR(old.range()->spread, fresh.range()->spread, 1e-6);
  }
}

TEST(WithoutEnd, HoltWintersGoesByRecentPointsAtTheFarEndOfTime) {
  for (const std::uint64_t buckets : {0u, 24u}) {
    smoothing s{
        .alpha = 0.3, .beta = 0.1, .gamma = 0.1, .interval = 1, .buckets = buckets, .ahead = 5};
    s.prepare();
    holt_winters old(s), fresh(s);
    const auto value = [](std::int64_t i) { return 50 + static_cast<double>(i % 24); };
    std::int64_t i = 0;
    for (; i < 240; ++i) old.push(i, value(i));
    part<2>(old) = part<3>(old) = count_of_many;
    const auto far = static_cast<std::int64_t>(24 * (count_of_many / 24));
    for (i = far; i < far + 24'000; ++i) {
      const auto a = old.push(i, value(i)), b = fresh.push(i, value(i));
      if (i < far + 23'000) continue;
      ASSERT_NEAR(a->forecast, b->forecast, 1e-6) << i;
      ASSERT_NEAR(*a->half_width, *b->half_width, 1e-6) << i;
    }
  }
}

TEST(WithoutEnd, ADigestOfManyValuesTakesMore) {
  t_digest d(100);
  test::sample random(6);
  for (int i = 0; i < 100'000; ++i) d.add(random.part());
  d.settle();
  std::int64_t total = static_cast<std::int64_t>(part<1>(d).size());
  for (auto& c : part<0>(d)) total += c.weight *= 100'000;
  part<2>(d) = total;
  d.check_state();
  for (int i = 0; i < 100'000; ++i) d.add(random.part());
  d.settle();
  for (const double q : {0.01, 0.5, 0.99}) EXPECT_NEAR(d.quantile(q), q, 0.01);
}

TEST(WithoutEnd, CountersOfFrequentTextsStillCountSinglePoints) {
  space_saving s(10);
  s.add("a", many);
  s.add("b", 1);
  for (int i = 0; i < 1'000; ++i) s.add(i % 2 ? "a" : "b", 1);
  s.rank();
  EXPECT_EQ(s[0].count, many + 500);
  EXPECT_EQ(s[1].count, 501);
}

/// A value far out at the very beginning is no part of what a filter says once it has left.
TEST(WithoutEnd, AFilterForgetsItsFirstValue) {
  for (const bool lowpass : {true, false}) {
    const biquad_filter f(lowpass ? butterworth_lowpass(2, 0.05) : butterworth_highpass(2, 0.05),
                          lowpass);
    filter_memory old, fresh;
    for (const double first : {1e15, -1e150, 1e300}) {
      old.clear();
      f.take(first, old);
      test::sample random(7);
      fresh.clear();
      for (int i = 0; i < 20'000; ++i) {
        const double x = random.part();
        const auto a = f.take(x, old), b = f.take(x, fresh);
        if (i < 19'000) continue;
        ASSERT_NEAR(a.value.value(), b.value.value(), 1e-9) << first;
      }
    }
  }
}

/// What a function says once it has seen many points of all sizes is what a fresh one says that has
/// seen the recent ones.
class AfterALongRun : public testing::TestWithParam<test::setting> {};

/// Or learns too slowly to be told from it within a test.
bool depends_on_all_points(const test::setting& s) {
  const auto has = [&](const char* option) {
    return std::any_of(s.options.begin(), s.options.end(),
                       [&](const udf::option& o) { return o.name == option; });
  };
  return s.function == "state" || s.function == "change_point" || s.function == "anomaly" ||
         has("cumulative") || has("season");
}

TEST_P(AfterALongRun, SaysWhatAFreshOneSays) {
  const auto f = test::ready_made(GetParam().function);
  if (f.wants == edge::batch) GTEST_SKIP() << "batches begin anew";
  if (depends_on_all_points(GetParam())) GTEST_SKIP() << "its answers count what came before";
  test::runner old(f, GetParam().options), fresh(f, GetParam().options);
  test::sample random(8);
  const auto stream = [&](std::int64_t from, int n, double scale) {
    std::vector<test::point> points;
    for (int i = 0; i < n; ++i) {
      points.push_back({.fields = {{"value", scale * (20 + random.part())},
                                   {"value1", scale * (5 + random.part())}},
                        .time = (1'600'000'000 + from + i) * second});
    }
    return points;
  };
  for (int round = 0; round < 3; ++round) {
    old.feed(stream(std::int64_t{512} * round, 512, round == 1 ? 1e6 : 1));
  }
  const auto settling = stream(1'536, 8'000, 1);
  old.feed(settling);
  fresh.feed(settling);
  const auto recent = stream(9'536, 200, 1);
  const auto a = old.feed(recent), b = fresh.feed(recent);
  ASSERT_EQ(a.points.size(), b.points.size());
  for (std::size_t i = 0; i < a.points.size(); ++i) {
    for (const auto& [name, value] : b.points[i].fields) {
      const auto expected = b.points[i].number(name), got = a.points[i].number(name);
      if (!expected) continue;
      ASSERT_TRUE(got.has_value()) << name;
      ASSERT_NEAR(*got, *expected, 1e-6 * (1 + std::abs(*expected))) << name << ", point " << i;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Functions, AfterALongRun, testing::ValuesIn(test::ready_made_settings()),
                         [](const auto& one) { return one.param.name(); });

}  // namespace
}  // namespace kapacitor::udf::without_end_test
