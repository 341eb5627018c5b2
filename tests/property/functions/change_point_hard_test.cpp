#include <cmath>
#include <functional>
#include <limits>
#include <random>

#include <gtest/gtest.h>

#include "functions/detection/change_point.hpp"
#include "property/functions/forged_snapshot.hpp"
#include "property/functions/reading.hpp"
#include "property/sample.hpp"

// change_point: how soon and how often it is wrong, hard cases by name, options.
namespace kapacitor::udf::change_point_hard_test {
namespace {

using functions::adaptive_window;
using functions::change_point;
using functions::cumulative_sums;
using functions::running_mean;
using test::at;

constexpr double most = std::numeric_limits<double>::max();

/// Points until a change is found, at most `limit`.
template <class Detector>
std::size_t run_length(Detector& d, const typename Detector::settings& s,
                       const std::function<double()>& next, std::size_t limit = 100'000) {
  for (std::size_t n = 1; n < limit; ++n) {
    if (d.push(next(), s).direction != 0) return n;
  }
  return limit;
}

TEST(ChangePoint, OfCusumRunsAsLongAsTheLiteratureSays) {
  std::mt19937_64 random(1);
  const cumulative_sums::settings s{.drift = 0.5, .threshold = 5, .target = 10, .stddev = 2};
  // Montgomery, Introduction to Statistical Quality Control: k = 1/2, h = 5.
  for (const auto& [shift, expected] : {std::pair{0.0, 465.0}, {1.0, 10.4}, {-2.0, 4.01}}) {
    std::normal_distribution<double> normal(10 + 2 * shift, 2);
    double sum = 0;
    constexpr int runs = 2'000;
    for (int i = 0; i < runs; ++i) {
      cumulative_sums d;
      sum += static_cast<double>(run_length(d, s, [&] { return normal(random); }));
    }
    EXPECT_NEAR(sum / runs, expected, 0.07 * expected) << shift;
  }
}

TEST(ChangePoint, OfAdwinIsSeldomWrongAndSoonRight) {
  std::mt19937_64 random(2);
  std::normal_distribution<double> normal;
  const adaptive_window::settings s;
  for (const double scale : {1.0, 1e-200, 1e200, 1e6}) {
    std::size_t wrong = 0, latest = 0;
    double level = 0;
    constexpr int runs = 50;
    for (int i = 0; i < runs; ++i) {
      adaptive_window d;
      wrong += run_length(
                   d, s, [&] { return scale * normal(random); }, 2'000) < 2'000;
      const auto shifted = [&] { return scale * (2 + normal(random)); };
      latest = std::max(latest, run_length(d, s, shifted));
      for (int k = 0; k < 1'000; ++k) d.push(shifted(), s);
      level += d.mean() / scale / runs;
    }
    EXPECT_LE(wrong, 2u) << scale;
    EXPECT_LE(latest, 64u) << scale;
    EXPECT_NEAR(level, 2, 0.02) << scale;
  }
}

TEST(ChangePoint, OfAdwinDoesNotDependOnUnitOrOffset) {
  std::mt19937_64 random(3);
  std::normal_distribution<double> normal;
  const adaptive_window::settings s{.clock = 7};
  adaptive_window plain, other;
  std::size_t changes = 0;
  for (int i = 0; i < 20'000; ++i) {
    const double x = normal(random) + (i / 2'000 % 2);
    const auto a = plain.push(x, s), b = other.push(1e9 - 8 * x, s);
    ASSERT_EQ(a.direction, -b.direction) << i;
    ASSERT_EQ(a.score.has_value(), b.score.has_value());
    if (a.score) {
      ASSERT_NEAR(*a.score, *b.score, 1e-6);
    }
    changes += a.direction != 0;
  }
  EXPECT_GE(changes, 9u);
}

TEST(ChangePoint, OfAdwinFindsDownwardAndUpwardSteps) {
  const adaptive_window::settings s{.clock = 1};
  adaptive_window d;
  test::sample random(4);
  std::vector<int> found;
  for (int i = 0; i < 2'000; ++i) {
    const auto direction = d.push((i / 500 % 2 ? 5 : -5) + random.part(), s).direction;
    if (direction != 0 && (found.empty() || found.back() != direction)) found.push_back(direction);
  }
  EXPECT_EQ(found, (std::vector<int>{1, -1, 1}));
}

TEST(RunningMean, OfAMillionValuesWithAnOffsetIsExactTo1e15) {
  test::sample random(5);
  running_mean mean;
  long double sum = 0;
  for (int i = 0; i < 1'000'000; ++i) {
    const double x = 1e9 + random.part() + (i > 900'000 ? 0.5 : 0);
    mean.add(x);
    sum += x - 1e9L;
  }
  EXPECT_NEAR(mean.value(), static_cast<double>(1e9L + sum / 1'000'000), 2e-7);
}

TEST(RunningMean, OfAThousandMillionValuesStillMoves) {
  running_mean mean;
  mean.assign(1'000'000'000, 1e9);
  // Each moves the mean by a hundredth of what a double around 10⁹ resolves.
  for (int i = 0; i < 1'000'000; ++i) mean.add(1e9 + 1);
  EXPECT_NEAR(mean.value() - 1e9, 1e6 / 1.001e9, 2e-7);
}

TEST(RunningMean, OfTheLargestValuesIsFinite) {
  running_mean mean;
  for (int i = 0; i < 1'000; ++i) {
    mean.add(i % 2 ? most : -most);
    ASSERT_TRUE(std::isfinite(mean.value()));
  }
  EXPECT_LE(std::abs(mean.value()), 1e-10 * most);
}

const std::vector<std::vector<option>> methods = {
    {{"field", {"x"}}, {"warmup", {5}}},
    {{"field", {"x"}}, {"method", {"page_hinkley"}}, {"delta", {0.1}}, {"changeSum", {20.0}}},
    {{"field", {"x"}}, {"method", {"adwin"}}, {"checkCount", {1}}},
};

template <class F>
std::vector<test::point> series(int n, F value) {
  std::vector<test::point> points;
  for (int i = 0; i < n; ++i) points.push_back(at(i, value(i)));
  return points;
}
bool changed(const test::point& p) {
  return *p.find("change_changed") == test::field_value(true);
}
std::size_t changes(const test::output& out) {
  std::size_t n = 0;
  for (const auto& p : out.points) n += changed(p);
  return n;
}

TEST(ChangePoint, OfAConstantSeriesIsNone) {
  for (const auto& m : methods) {
    for (const double x : {0.0, 0.1, 1e9 + 0.3, 1e308, 5e-324}) {
      const auto out = test::run<change_point>(m, series(300, [&](int) { return x; }));
      ASSERT_EQ(out.points.size(), 300u);
      EXPECT_EQ(changes(out), 0u) << x;
      EXPECT_EQ(out.points.back().number("change_score"), 0);
      // Half of the smallest double is 0.
      EXPECT_NEAR(out.points.back().number("change_mean").value(), x, x < 1e-300 ? x : 0);
    }
  }
}

TEST(ChangePoint, OfCusumAfterAConstantReferenceIsAnyOtherValue) {
  for (const double x : {0.0, 0.1, 1e9}) {
    auto points = series(20, [&](int) { return x; });
    points.push_back(at(20, x + 1e-3));
    const auto out = test::run<change_point>(methods[0], points);
    EXPECT_EQ(changes(out), 1u) << x;
    EXPECT_TRUE(changed(out.points.back()));
    EXPECT_EQ(out.points.back().number("change_direction"), 1);
    EXPECT_EQ(out.points.back().number("change_mean"), x + 1e-3);
    // Rounding is none.
    points.back() = at(20, std::nextafter(x, 1e10));
    EXPECT_EQ(changes(test::run<change_point>(methods[0], points)), 0u) << x;
  }
}

TEST(ChangePoint, OfTheFirstPointsIsNone) {
  for (const auto& m : methods) {
    const auto out = test::run<change_point>(m, {at(0, 3)});
    ASSERT_EQ(out.points.size(), 1u);
    EXPECT_EQ(*out.points[0].find("change_changed"), test::field_value(false));
    EXPECT_EQ(out.points[0].find("change_score"), nullptr);
    EXPECT_EQ(out.points[0].number("change_direction"), 0);
    EXPECT_EQ(out.points[0].number("change_mean"), 3);
  }
}

TEST(ChangePoint, DoesNotLookAtTimes) {
  test::sample random(6);
  constexpr auto least = std::numeric_limits<std::int64_t>::min();
  for (const auto& m : methods) {
    auto in_order = series(500, [&](int i) { return i / 100 % 2 * 9 + random.part(); });
    auto anyhow = in_order;
    for (auto& p : anyhow) p.time = random.one_in(3) ? least : random.integer();
    const auto a = test::run<change_point>(m, in_order), b = test::run<change_point>(m, anyhow);
    ASSERT_EQ(a.points.size(), b.points.size());
    EXPECT_GE(changes(a), 4u);
    for (std::size_t i = 0; i < a.points.size(); ++i) {
      EXPECT_EQ(a.points[i].fields, b.points[i].fields);
      EXPECT_EQ(b.points[i].time, anyhow[i].time);
    }
  }
}

TEST(ChangePoint, EmitsOnlyChangesWhereAsked) {
  test::sample random(7);
  for (auto m : methods) {
    const auto points = series(500, [&](int i) { return i / 100 % 2 * 9 + random.part(); });
    const auto all = test::run<change_point>(m, points);
    m.push_back({"onlyChanges", {}});
    m.push_back({"keep", {}});
    m.push_back({"as", {"c"}});
    const auto only = test::run<change_point>(m, points);
    ASSERT_EQ(only.points.size(), changes(all));
    std::size_t next = 0;
    for (const auto& p : all.points) {
      if (!changed(p)) continue;
      EXPECT_EQ(only.points[next].time, p.time);
      EXPECT_EQ(only.points[next].number("c_score"), p.number("change_score"));
      EXPECT_TRUE(only.points[next].find("x") != nullptr);
      ++next;
    }
  }
}

TEST(ChangePoint, RecoversFromAStepAndFromHugeValues) {
  for (auto m : methods) {
    const bool adwin = m.back().name == "checkCount";
    if (adwin) m.push_back({"maxSize", {100}});
    for (const double glitch : {1e12, -1e300, most, -most}) {
      test::sample random(8);
      const auto out =
          test::run<change_point>(m, series(3'000, [&](int i) {
                                    return i == 500 ? glitch : (i < 2'000 ? 0 : 9) + random.part();
                                  }));
      ASSERT_EQ(out.points.size(), 3'000u);
      bool found_glitch = false, found_step = false;
      for (int i = 0; i < 3'000; ++i) {
        const auto& p = out.points[static_cast<std::size_t>(i)];
        found_glitch = found_glitch || (changed(p) && i >= 500 && i < 520);
        found_step = found_step || (changed(p) && i >= 2'000 && i < 2'100);
        EXPECT_FALSE(p.number("change_mean") && !std::isfinite(*p.number("change_mean")));
      }
      EXPECT_TRUE(found_glitch || adwin) << glitch;
      EXPECT_TRUE(found_step) << glitch << m[1].name;
    }
  }
}

TEST(ChangePoint, TakesIntsBeyond2To53AndAFieldThatChangesType) {
  const std::int64_t beyond = (std::int64_t{1} << 53) + 1;
  for (const auto& m : methods) {
    const auto out = test::run<change_point>(
        m, {at(0, beyond), at(1, "3"), at(2, 1), at(3, true), at(4, 2.5), at(5, -beyond)});
    EXPECT_EQ(out.error, "");
    EXPECT_EQ(out.points.size(), 4u);
  }
}

TEST(ChangePoint, KeepsAHundredThousandGroups) {
  std::vector<test::point> points;
  for (int i = 0; i < 100'000; ++i)
    points.push_back({.tags = {{"host", std::to_string(i)}}, .fields = {{"x", i}}});
  test::runner r(make_function<change_point>("f"), methods[2]);
  EXPECT_EQ(r.feed(points).points.size(), 100'000u);
  for (int i = 0; i < 12; ++i) r.feed(std::vector<test::point>{points[77]});
  const auto out = r.feed(std::vector<test::point>{points[77], points[78]});
  EXPECT_TRUE(out.points.at(0).find("change_score"));
  EXPECT_FALSE(out.points.at(1).find("change_score"));
}

TEST(ChangePoint, SurvivesForgedSnapshots) {
  for (const auto& m : methods) {
    test::sample random(9);
    test::runner original(make_function<change_point>("f"), m);
    original.feed(series(200, [&](int) { return random.part(); }));
    const auto snapshot = original.snapshot();
    std::size_t taken = 0;
    const auto more = series(60, [&](int) { return random.part(); });
    for (int i = 0; i < 600; ++i) {
      test::runner r(make_function<change_point>("f"), m);
      taken += r.restore(test::forged(snapshot, random)).empty();
      const auto out = r.feed(more);
      EXPECT_EQ(out.error, "");
      for (const auto& p : out.points) {
        for (const auto* name : {"change_score", "change_mean"})
          EXPECT_TRUE(std::isfinite(p.number(name).value_or(0)));
      }
      EXPECT_EQ(test::runner(make_function<change_point>("f"), m).restore(r.snapshot()), "");
    }
    EXPECT_GT(taken, 50u);
  }
}

std::string refused(std::vector<option> options) {
  options.push_back({"field", {"x"}});
  return test::run<change_point>(options, std::vector<test::point>{}).error;
}

TEST(ChangePoint, SaysWhatIsWrongWithItsOptions) {
  EXPECT_EQ(refused({{"method", {"cusums"}}}),
            "f: method must be one of 'cusum', 'page_hinkley', 'adwin', got 'cusums'");
  EXPECT_EQ(refused({{"delta", {0.1}},
                     {"changeSum", {1.0}},
                     {"forgetting", {1.0}},
                     {"checkCount", {1}},
                     {"maxSize", {10}}}),
            "f: delta is an option of method 'page_hinkley', the method is 'cusum'; "
            "changeSum is an option of method 'page_hinkley', the method is 'cusum'; "
            "forgetting is an option of method 'page_hinkley', the method is 'cusum'; "
            "checkCount is an option of method 'adwin', the method is 'cusum'; "
            "maxSize is an option of method 'adwin', the method is 'cusum'");
  EXPECT_EQ(
      refused({{"method", {"page_hinkley"}}, {"drift", {1.0}}, {"referenceMean", {1.0}}}),
      "f: drift is an option of method 'cusum', the method is 'page_hinkley'; "
      "referenceMean is an option of method 'cusum', the method is 'page_hinkley'; "
      "method 'page_hinkley' needs .delta(d): deviation that does not count yet, a number ≥ 0; "
      "method 'page_hinkley' needs .changeSum(s): sum that is a change, a number > 0");
  EXPECT_EQ(refused({{"method", {"adwin"}},
                     {"significance", {0.1}},
                     {"warmup", {5}},
                     {"referenceStddev", {1.0}},
                     {"decisionInterval", {1.0}}}),
            "f: decisionInterval is an option of method 'cusum', the method is 'adwin'; "
            "referenceStddev is an option of method 'cusum', the method is 'adwin'; "
            "warmup is an option of method 'cusum' or 'page_hinkley', the method is 'adwin'");
  EXPECT_EQ(refused({{"method", {"adwin"}}, {"significance", {1.0}}}),
            "f: significance must be more than 0.0 and at most 0.5, got 1.0");
  EXPECT_EQ(refused({{"warmup", {1}}}),
            "f: warmup must be at least 2 if the standard deviation is learned, got 1");
  EXPECT_EQ(
      refused({{"warmup", {5}}, {"referenceMean", {1.0}}, {"referenceStddev", {1.0}}}),
      "f: referenceMean and referenceStddev leave nothing to learn: warmup does not go with both");
  EXPECT_EQ(
      refused({{"drift", {-1.0}}, {"decisionInterval", {0.0}}, {"referenceStddev", {0.0}}}),
      "f: drift must be at least 0.0, got -1.0; decisionInterval must be more than 0.0, got 0.0; "
      "referenceStddev must be more than 0.0, got 0.0");
  EXPECT_EQ(
      refused({{"method", {"adwin"}}, {"checkCount", {0}}, {"maxSize", {9}}}),
      "f: checkCount must be between 1 and 1000000000, got 0; maxSize must be at least 10, got 9");
  EXPECT_EQ(refused({{"forgetting", {1.5}}, {"changeSum", {0.0}}, {"warmup", {0}}}),
            "f: changeSum must be more than 0.0, got 0.0; "
            "forgetting must be more than 0.0 and at most 1.0, got 1.5; "
            "warmup must be between 1 and 1000000000, got 0");
}

}  // namespace
}  // namespace kapacitor::udf::change_point_hard_test
