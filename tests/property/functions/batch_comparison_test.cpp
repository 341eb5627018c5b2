#include <algorithm>
#include <cmath>
#include <deque>
#include <limits>
#include <memory>
#include <optional>

#include <gtest/gtest.h>

#include "functions/detection/kolmogorov_smirnov.hpp"
#include "functions/detection/welch.hpp"
#include "property/functions/forged_snapshot.hpp"
#include "property/sample.hpp"

// t_test and ks_test against their definitions.
namespace kapacitor::udf::batch_comparison_test {
namespace {

using functions::kolmogorov_smirnov;
using functions::welch;
using real = long double;
using values = std::vector<double>;

struct tested {
  std::optional<double> statistic = {}, p = {};
};

real mean_of(const values& x) {
  real sum = 0;
  for (const double v : x) sum += v;
  return sum / static_cast<real>(x.size());
}
real squares_of(const values& x) {
  const real mean = mean_of(x);
  real sum = 0;
  for (const double v : x) sum += (v - mean) * (v - mean);
  return sum;
}

/// By Simpson's rule over Student's density.
real p_of_t(real t, real freedom) {
  const real factor = std::exp(std::lgamma((freedom + 1) / 2) - std::lgamma(freedom / 2)) /
                      std::sqrt(freedom * std::acos(real{-1}));
  const auto density = [&](real u) {
    return factor * std::pow(1 + u * u / freedom, -(freedom + 1) / 2);
  };
  constexpr int steps = 400;
  const real h = std::abs(t) / steps;
  real sum = density(0) + density(std::abs(t));
  for (int i = 1; i < steps; ++i) sum += (i % 2 ? 4 : 2) * density(i * h);
  return 1 - 2 * sum * h / 3;
}

tested t_by_definition(const values& a, const values& b, bool student) {
  if (a.size() < 2 || b.size() < 2) return {};
  const auto n1 = static_cast<real>(a.size()), n2 = static_cast<real>(b.size());
  const real v1 = squares_of(a) / (n1 - 1), v2 = squares_of(b) / (n2 - 1);
  real freedom = n1 + n2 - 2, variance = 0;
  if (student) {
    variance = (squares_of(a) + squares_of(b)) / freedom * (1 / n1 + 1 / n2);
  } else {
    variance = v1 / n1 + v2 / n2;
    freedom =
        variance * variance / (v1 * v1 / (n1 * n1 * (n1 - 1)) + v2 * v2 / (n2 * n2 * (n2 - 1)));
  }
  const real t = (mean_of(a) - mean_of(b)) / std::sqrt(variance);
  return {static_cast<double>(t), static_cast<double>(p_of_t(t, freedom))};
}

real up_to(const values& x, double limit) {
  const auto n = std::count_if(x.begin(), x.end(), [&](double v) { return v <= limit; });
  return static_cast<real>(n) / static_cast<real>(x.size());
}

/// Of all ways to mix n1 and n2 values, the part in which the distance stays below d.
real part_within(std::size_t n1, std::size_t n2, real d) {
  std::vector<std::vector<real>> within(n1 + 1, std::vector<real>(n2 + 1)), all = within;
  for (std::size_t i = 0; i <= n1; ++i) {
    for (std::size_t k = 0; k <= n2; ++k) {
      const bool start = i + k == 0;
      all[i][k] = start ? 1 : (i ? all[i - 1][k] : 0) + (k ? all[i][k - 1] : 0);
      within[i][k] = start ? 1 : (i ? within[i - 1][k] : 0) + (k ? within[i][k - 1] : 0);
      const real apart = static_cast<real>(i) / static_cast<real>(n1) -
                         static_cast<real>(k) / static_cast<real>(n2);
      if (std::abs(apart) > d - 1e-12L) within[i][k] = 0;
    }
  }
  return within[n1][n2] / all[n1][n2];
}

tested ks_by_definition(const values& a, const values& b) {
  if (a.size() < 2 || b.size() < 2) return {};
  real d = 0;
  for (const auto* side : {&a, &b}) {
    for (const double x : *side) d = std::max(d, std::abs(up_to(a, x) - up_to(b, x)));
  }
  const real p = d > 0 ? 1 - part_within(a.size(), b.size(), d) : 1;
  return {static_cast<double>(d), static_cast<double>(p)};
}

/// Batches of usual values, of a level that changes; points without a value, NaN, few values, none.
class batches {
 public:
  explicit batches(std::uint64_t seed, double offset, std::size_t largest, bool ties)
      : random_(seed), offset_(offset), largest_(largest), ties_(ties) {}

  test::batch next() {
    test::batch b{.tags = {{"host", "a"}}, .points = {}, .tmax = time_ += 1000};
    if (random_.one_in(15)) level_ = 2 * random_.part();
    const auto n = random_.one_in(8) ? random_.below(3) : random_.below(largest_);
    for (std::size_t i = 0; i < n; ++i) {
      test::point p{.tags = b.tags, .time = time_ - static_cast<std::int64_t>(random_.below(900))};
      if (!random_.one_in(20)) p.fields.emplace_back("x", value());
      b.points.push_back(std::move(p));
    }
    return b;
  }

 private:
  double value() {
    if (random_.one_in(50)) return std::nan("");
    const double x = offset_ + level_ + 2 * random_.part() * random_.part();
    return ties_ ? std::round(8 * x) / 8 : x;
  }

  test::sample random_;
  double offset_;
  std::size_t largest_;
  bool ties_;
  double level_ = 0;
  std::int64_t time_ = 0;
};

values values_of(const test::batch& b) {
  values result;
  for (const auto& p : b.points) {
    const auto x = p.number("x");
    if (x && std::isfinite(*x)) result.push_back(*x);
  }
  return result;
}
values joined(const std::deque<values>& history) {
  values all;
  for (const auto& one : history) all.insert(all.end(), one.begin(), one.end());
  return all;
}

void expect_near(std::optional<double> got, std::optional<double> expected, double tolerance) {
  ASSERT_EQ(got.has_value(), expected.has_value());
  if (got) {
    ASSERT_NEAR(*got, *expected, tolerance * (1 + std::abs(*expected)));
  }
}

struct conditions {
  std::size_t size = 5, points = 100'000;
  double alpha = 0.05, tolerance = 1e-9, offset = 0;
  bool freeze = false;
};

/// Returns: how many were significant.
template <class T, class Test>
std::size_t compare(const std::string& as, std::vector<option> options, const conditions& c,
                    batches stream, Test by_definition) {
  options.push_back({"field", {"x"}});
  options.push_back({"batches", {static_cast<std::int64_t>(c.size)}});
  options.push_back({"significance", {c.alpha}});
  if (c.freeze) options.push_back({"freeze", {}});
  auto r = std::make_unique<test::runner>(make_function<T>("f"), options);
  std::deque<values> history;
  std::size_t significant = 0;
  for (int round = 0; round < 250; ++round) {
    const auto b = stream.next();
    const auto x = values_of(b), before = joined(history);
    const auto out = r->feed(std::vector<test::batch>{b});
    EXPECT_EQ(out.error, "");
    EXPECT_EQ(out.points.size(), 1u);
    if (out.points.size() != 1) return significant;
    const auto& got = out.points[0];
    EXPECT_EQ(got.time, b.tmax);
    EXPECT_EQ(got.tags, b.tags);
    const auto expected = by_definition(x, before);
    const bool is = expected.p && *expected.p < c.alpha;
    expect_near(got.number(as + "_statistic"), expected.statistic, c.tolerance);
    expect_near(got.number(as + "_p"), expected.p, c.tolerance);
    const auto mean = [](const values& v) {
      return v.empty() ? std::nullopt : std::optional(static_cast<double>(mean_of(v)));
    };
    expect_near(got.number(as + "_mean"), mean(x), 1e-14);
    expect_near(got.number(as + "_reference_mean"), mean(before), 1e-14);
    EXPECT_EQ(got.number(as + "_n"), static_cast<double>(x.size()));
    EXPECT_EQ(*got.find(as + "_significant"), test::field_value(is));
    if (testing::Test::HasFailure()) {
      ADD_FAILURE() << "in round " << round;
      return significant;
    }
    significant += is;
    if (!x.empty() && !(is && c.freeze)) history.push_back(x);
    while (history.size() > c.size || joined(history).size() > c.points) history.pop_front();
    if (round % 40 == 0) {
      auto other = std::make_unique<test::runner>(make_function<T>("f"), options);
      EXPECT_EQ(other->restore(r->snapshot()), "");
      r = std::move(other);
    }
  }
  return significant;
}

TEST(TTest, IsWelchsOrStudentsOfTheHistory) {
  std::size_t significant = 0;
  std::uint64_t seed = 0;
  for (const double offset : {0.0, 1e9}) {
    for (const bool student : {false, true}) {
      for (const bool freeze : {false, true}) {
        std::vector<option> options;
        if (student) options.push_back({"student", {}});
        const conditions c{.size = freeze ? 3u : 8u, .offset = offset, .freeze = freeze};
        significant += compare<welch>(
            "t", options, c, batches(++seed, offset, 100, false),
            [&](const values& a, const values& b) { return t_by_definition(a, b, student); });
        ASSERT_FALSE(HasFailure()) << offset << " " << student << " " << freeze;
      }
    }
  }
  EXPECT_GT(significant, 100u);
}

TEST(KsTest, IsTheLargestDistanceAndExactForFewValues) {
  std::size_t significant = 0;
  std::uint64_t seed = 50;
  for (const double offset : {0.0, 1e9}) {
    for (const bool ties : {false, true}) {
      for (const bool freeze : {false, true}) {
        const conditions c{.size = 4,
                           .points = freeze ? 100'000u : 60u,
                           .tolerance = 1e-12,
                           .offset = offset,
                           .freeze = freeze};
        significant += compare<kolmogorov_smirnov>(
            "ks", {{"maxPoints", {static_cast<std::int64_t>(c.points)}}}, c,
            batches(++seed, offset, 40, ties), ks_by_definition);
        ASSERT_FALSE(HasFailure()) << offset << " " << ties << " " << freeze;
      }
    }
  }
  EXPECT_GT(significant, 100u);
}

template <class T>
test::output feed(std::vector<option> options, const std::vector<values>& all) {
  std::vector<test::batch> given;
  for (const auto& x : all) {
    test::batch b{.tags = {}, .points = {}, .tmax = static_cast<std::int64_t>(given.size())};
    for (const double v : x) b.points.push_back({.fields = {{"x", v}}});
    given.push_back(std::move(b));
  }
  options.push_back({"field", {"x"}});
  return test::run<T>(std::move(options), given);
}

TEST(TTest, OfValuesThatDoNotVary) {
  const auto out = feed<welch>({{"batches", {5}}}, {{0.1, 0.1, 0.1}, {0.1, 0.1}, {0.3, 0.3}});
  ASSERT_EQ(out.points.size(), 3u);
  EXPECT_EQ(out.points[0].find("t_p"), nullptr);
  EXPECT_EQ(out.points[0].find("t_reference_mean"), nullptr);
  EXPECT_EQ(out.points[1].number("t_p"), 1);
  EXPECT_EQ(out.points[1].number("t_statistic"), 0);
  EXPECT_EQ(out.points[2].number("t_p"), 0);
  EXPECT_EQ(out.points[2].find("t_statistic"), nullptr);
  EXPECT_EQ(*out.points[2].find("t_significant"), test::field_value(true));
}

TEST(TTest, OfHugeValuesSaysNothingAndRecoversWhenTheyHaveLeft) {
  const values usual = {1, 2, 3, 4};
  const auto out = feed<welch>(
      {{"batches", {2}}},
      {usual, {1e308, -1e308, 1e308}, usual, usual, usual, {1, 2, 1e12}, usual, usual, usual});
  ASSERT_EQ(out.points.size(), 9u);
  for (const std::size_t i : {1u, 2u, 3u}) EXPECT_EQ(out.points[i].find("t_p"), nullptr) << i;
  for (const std::size_t i : {4u, 8u}) {
    EXPECT_EQ(out.points[i].number("t_p"), 1) << i;
    EXPECT_EQ(out.points[i].number("t_reference_mean"), 2.5) << i;
  }
}

TEST(TTest, OfTinyValuesIsThatOfTheSameValuesScaled) {
  const auto scaled = [](double by) {
    return feed<welch>({{"batches", {2}}}, {{1 * by, 2 * by, 4 * by}, {3 * by, 4 * by, 6 * by}})
        .points.at(1)
        .number("t_p")
        .value();
  };
  EXPECT_NEAR(scaled(1), 0.1840740319505769, 1e-14);  // SciPy's
  EXPECT_NEAR(scaled(1e-140), scaled(1), 1e-12);
  EXPECT_NEAR(scaled(1e140), scaled(1), 1e-12);
}

TEST(KsTest, OfHugeAndOfEqualValues) {
  const auto out = feed<kolmogorov_smirnov>(
      {{"batches", {1}}}, {{7, 7, 7}, {7, 7}, {1e308, -1e308}, {0.0, -0.0}, {-0.0, 0.0}, {}, {1}});
  ASSERT_EQ(out.points.size(), 7u);
  EXPECT_EQ(out.points[1].number("ks_statistic"), 0);
  EXPECT_EQ(out.points[1].number("ks_p"), 1);
  EXPECT_EQ(out.points[2].number("ks_statistic"), 0.5);
  EXPECT_EQ(out.points[2].number("ks_mean"), 0);
  EXPECT_EQ(out.points[4].number("ks_statistic"), 0);
  EXPECT_EQ(out.points[5].number("ks_n"), 0);
  EXPECT_EQ(out.points[5].find("ks_mean"), nullptr);
  EXPECT_EQ(out.points[6].number("ks_n"), 1);
  EXPECT_EQ(out.points[6].find("ks_p"), nullptr);
  EXPECT_EQ(out.points[6].number("ks_reference_mean"), 0);
}

TEST(KsTest, KeepsOfABatchThatIsLargerThanTheHistoryWhatIsDistributedLikeIt) {
  values large;
  for (int i = 0; i < 10'000; ++i) large.push_back((i * 7919) % 10'000);
  const auto out =
      feed<kolmogorov_smirnov>({{"batches", {3}}, {"maxPoints", {100}}}, {large, large, large});
  for (const std::size_t i : {1u, 2u}) {
    EXPECT_LE(out.points.at(i).number("ks_statistic").value(), 0.0051) << i;
    EXPECT_NEAR(out.points.at(i).number("ks_reference_mean").value(), 5'000, 1) << i;
  }
}

TEST(KsTest, LetsManySmallBatchesLeaveForALargeOneAtOnce) {
  test::sample random(4);
  std::vector<values> all(2'000);
  for (auto& one : all) one = {random.part()};
  all.emplace_back(1'999);
  for (double& x : all.back()) x = 5 + random.part();
  all.push_back({5, 5.5, 6});
  const auto out = feed<kolmogorov_smirnov>({{"batches", {50'000}}, {"maxPoints", {2'000}}}, all);
  ASSERT_EQ(out.points.size(), 2'002u);
  EXPECT_NEAR(out.points[2'000].number("ks_reference_mean").value(), 0.5, 0.05);
  EXPECT_EQ(out.points[2'000].number("ks_statistic"), 1);
  const double last = all[1'999][0], sum = 1'999 * *out.points[2'000].number("ks_mean") + last;
  EXPECT_NEAR(out.points[2'001].number("ks_reference_mean").value(), sum / 2'000, 1e-12);
}

/// Returns: how many forged snapshots were taken.
template <class T>
std::size_t feed_forged(std::vector<option> options) {
  options.push_back({"field", {"x"}});
  test::sample random(1);
  batches stream(3, 0, 10, false);
  test::runner original(make_function<T>("f"), options);
  for (int i = 0; i < 10; ++i) original.feed(std::vector<test::batch>{stream.next()});
  const auto snapshot = original.snapshot();
  std::size_t taken = 0;
  for (int i = 0; i < 600; ++i) {
    test::runner r(make_function<T>("f"), options);
    taken += r.restore(test::forged(snapshot, random)).empty();
    for (int k = 0; k < 6; ++k) {
      const auto out = r.feed(std::vector<test::batch>{stream.next()});
      EXPECT_EQ(out.error, "");
      for (const auto& p : out.points) {
        for (const auto* name : {"t_statistic", "t_p", "ks_statistic", "ks_p"})
          EXPECT_TRUE(std::isfinite(p.number(name).value_or(0)));
      }
    }
  }
  return taken;
}

TEST(BatchTests, SurviveForgedSnapshots) {
  EXPECT_GT(feed_forged<welch>({{"batches", {3}}}), 50u);
  EXPECT_GT(feed_forged<kolmogorov_smirnov>({{"batches", {3}}, {"maxPoints", {20}}}), 10u);
}

template <class T>
std::string refused(std::vector<option> options) {
  return test::run<T>(std::move(options), std::vector<test::batch>{}).error;
}

TEST(BatchTests, SayWhatIsWrongWithTheirOptions) {
  const option field{"field", {"x"}}, size{"batches", {5}};
  EXPECT_EQ(refused<welch>({}), "f: field is required; batches is required");
  EXPECT_EQ(refused<welch>({field, {"batches", {0}}}),
            "f: batches must be between 1 and 1000000, got 0");
  EXPECT_EQ(refused<welch>({field, size, {"significance", {0.0}}}),
            "f: significance must be more than 0.0 and at most 1.0, got 0.0");
  EXPECT_EQ(refused<welch>({field, size, {"as", {""}}}), "f: as must be a non-empty text, got ''");
  EXPECT_EQ(refused<kolmogorov_smirnov>({field, size, {"maxPoints", {1}}}),
            "f: maxPoints must be between 2 and 10000000, got 1");
}

}  // namespace
}  // namespace kapacitor::udf::batch_comparison_test
