#include "functions/aggregation/quantile.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include <gtest/gtest.h>

#include "functions/aggregation/t_digest.hpp"
#include "property/functions/aggregation_model.hpp"

// quantile against sorted values.
namespace kapacitor::udf::quantile_test {
namespace {

using std::chrono::seconds;
using test::second;
using test::start;

function quantile() {
  return make_function<functions::quantile>("quantile");
}

/// Interpolated between ranks; sorted values.
double exact_quantile(const std::vector<double>& sorted, double q) {
  const auto rank = q * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(rank);
  const auto above = std::min(below + 1, sorted.size() - 1);
  const double part = rank - static_cast<double>(below);
  return sorted[below] * (1 - part) + sorted[above] * part;
}

/// By which part of all values the rank of x is off.
double rank_error(const std::vector<double>& sorted, double q, double x) {
  const auto [low, high] = std::equal_range(sorted.begin(), sorted.end(), x);
  const auto n = static_cast<double>(sorted.size());
  const auto least = static_cast<double>(low - sorted.begin()) - 1;
  const auto most = static_cast<double>(high - sorted.begin());
  const double rank = q * (n - 1);
  return std::max({0.0, least - rank, rank - most}) / n;
}

void compare(std::vector<option> options, double tolerance_at_median) {
  const std::vector<std::pair<std::string, double>> all = {
      {"q_p0", 0}, {"q_p50", 0.5}, {"q_p99", 0.99}, {"q_p99_9", 0.999}, {"q_p100", 1}};
  for (const auto& [name, q] : all) options.push_back({"quantile", {q}});
  options.insert(options.end(), {{"field", {"x"}}, {"every", {seconds(10)}}, {"as", {"q"}}});
  test::compare_reports<double>(
      quantile(), options, 10 * second, 7,
      [](test::sample& random, test::point& p) {
        if (random.one_in(20)) return;
        p.fields.emplace_back("x", -std::log(1 - random.part()));
        if (random.one_in(20)) p.fields[0].second = static_cast<std::int64_t>(random.below(10));
        if (random.one_in(20)) p.fields[0].second = std::nan("");
        if (random.one_in(20)) p.fields[0].second = "text";
      },
      [](const test::point& p) {
        const auto x = p.number("x");
        return x && std::isfinite(*x) ? x : std::nullopt;
      },
      [&](const auto& points, std::size_t& next, auto sorted) {
        std::sort(sorted.begin(), sorted.end());
        const auto& got = points[next++];
        ASSERT_EQ(got.fields.size(), 6u);
        ASSERT_EQ(got.number("q_count"), static_cast<double>(sorted.size()));
        for (const auto& [name, q] : all) {
          const double x = *got.number(name);
          // What a centroid may hold, and two ranks, which are much of few values.
          const double off = 2 * std::sqrt(q * (1 - q)) * tolerance_at_median;
          if (off == 0 || tolerance_at_median == 0) {
            const double exact = exact_quantile(sorted, q);
            ASSERT_NEAR(x, exact, 1e-14 * std::abs(exact)) << name;
          } else {
            ASSERT_LE(rank_error(sorted, q, x), off + 2 / static_cast<double>(sorted.size()))
                << name;
          }
        }
      });
}

TEST(Quantile, IsExactOfFewAndNearOfMany) {
  compare({}, 0);
  compare({{"perTask", {}}}, 0);
  compare({{"compression", {20}}}, 0.08);
  compare({{"cumulative", {}}}, 0.008);
  compare({{"cumulative", {}}, {"perTask", {}}, {"compression", {100}}}, 0.016);
}

TEST(Quantile, HasTheErrorItsDescriptionSays) {
  constexpr std::size_t n = 200'000;
  test::sample random(1);
  const auto normal = [&] {
    return std::sqrt(-2 * std::log(1 - random.part())) * std::cos(6.283185307 * random.part());
  };
  const std::vector<std::pair<const char*, std::function<double(std::size_t)>>> inputs = {
      {"uniform", [&](std::size_t) { return random.part(); }},
      {"lognormal", [&](std::size_t) { return std::exp(3 * normal()); }},
      {"ascending", [](std::size_t i) { return static_cast<double>(i); }},
      {"descending", [](std::size_t i) { return -static_cast<double>(i); }},
      {"both ways", [](std::size_t i) { return (i % 2 ? 1. : -1.) * static_cast<double>(i); }},
      {"two values", [&](std::size_t) { return random.one_in(3) ? 1e300 : -1e300; }},
      {"few values",
       [&](std::size_t) { return random.one_in(2) ? 40. : std::floor(20 * random.part()); }},
      {"waves", [](std::size_t i) { return std::sin(static_cast<double>(i) / 1000); }},
  };
  for (const auto& [name, next] : inputs) {
    functions::t_digest digest(200);
    std::vector<double> values;
    for (std::size_t i = 0; i < n; ++i) {
      values.push_back(next(i));
      digest.add(values.back());
    }
    digest.settle();
    std::sort(values.begin(), values.end());
    const std::vector<std::pair<double, double>> bounds = {
        {0, 0}, {0.01, 8e-4}, {0.5, 4e-3}, {0.9, 2.4e-3}, {0.99, 8e-4}, {0.999, 2.5e-4}, {1, 0}};
    for (const auto& [q, bound] : bounds) {
      const double error = rank_error(values, q, digest.quantile(q));
      EXPECT_LE(error, name == std::string("few values") ? 2 * bound : bound)
          << name << " at " << q;
    }
    EXPECT_EQ(digest.quantile(0), values.front());
    EXPECT_EQ(digest.quantile(1), values.back());
  }
}

TEST(Quantile, OfEqualValuesIsTheValue) {
  for (const double x : {7.3, 1e308, -1e308, 5e-324, 9007199254740993.0}) {
    functions::t_digest digest(20);
    for (int i = 0; i < 10'000; ++i) digest.add(x);
    digest.settle();
    for (const double q : {0.0, 0.01, 0.5, 0.99, 1.0}) ASSERT_EQ(digest.quantile(q), x);
  }
}

TEST(Quantile, OfHugeValuesOfBothSignsIsFinite) {
  functions::t_digest digest(20);
  test::sample random(2);
  for (int i = 0; i < 10'000; ++i) digest.add(random.one_in(2) ? 1.7e308 : -1.7e308);
  digest.settle();
  for (int i = 0; i <= 1000; ++i) ASSERT_TRUE(std::isfinite(digest.quantile(i / 1000.0))) << i;
}

TEST(Quantile, RisesWithItsPart) {
  functions::t_digest digest(50);
  test::sample random(3);
  for (int i = 0; i < 20'000; ++i) digest.add(random.one_in(2) ? 5.0 : 10 * random.part());
  digest.settle();
  for (int i = 1; i <= 1000; ++i) {
    ASSERT_LE(digest.quantile((i - 1) / 1000.0), digest.quantile(i / 1000.0)) << i;
  }
}

TEST(Quantile, LetsLatePointsPassByUnlessCumulative) {
  for (const bool cumulative : {false, true}) {
    std::vector<option> options = {{"field", {"x"}}, {"quantile", {1}}, {"every", {seconds(10)}}};
    if (cumulative) options.push_back({"cumulative", {}});
    test::runner r(quantile(), options);
    const auto at = [](std::int64_t time, double x) {
      return test::point{.fields = {{"x", x}}, .time = start + time * second};
    };
    const auto out =
        r.feed(std::vector{at(10, 1), at(9, 5), at(10, 2), at(20, 3), at(1'000'000, 1)}).points;
    ASSERT_EQ(out.size(), 2u);
    EXPECT_EQ(out[0].time, start + 20 * second);
    EXPECT_EQ(out[0].number("quantile_p100"), cumulative ? 5.0 : 2.0);
    EXPECT_EQ(out[1].time, start + 30 * second);
    EXPECT_EQ(out[1].number("quantile_p100"), cumulative ? 5.0 : 3.0);
    EXPECT_EQ(out[1].number("quantile_count"), cumulative ? 4.0 : 1.0);
  }
}

TEST(Quantile, SaysWhatIsWrongWithItsOptions) {
  const auto error = [](std::vector<option> options) {
    options.push_back({"field", {"x"}});
    options.push_back({"every", {seconds(10)}});
    return test::problem_of(quantile(), options);
  };
  EXPECT_EQ(error({}), "quantile is required");
  EXPECT_EQ(error({{"quantile", {99.0}}}), "quantile must be between 0.0 and 1.0, got 99.0");
  EXPECT_EQ(error({{"quantile", {0.5}}, {"quantile", {0.5}}}),
            "two quantiles would be named 'quantile_p50': each only once");
  EXPECT_EQ(error({{"quantile", {0.5}}, {"compression", {10}}}),
            "compression must be between 20 and 10000, got 10");
  std::vector<option> many;
  for (int i = 0; i < 33; ++i) many.push_back({"quantile", {i / 100.0}});
  EXPECT_EQ(error(many), "at most 32 quantiles are possible, got 33");
}

}  // namespace
}  // namespace kapacitor::udf::quantile_test
