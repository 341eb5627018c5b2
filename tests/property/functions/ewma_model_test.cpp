#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include <gtest/gtest.h>

#include "functions/statistics/ewma.hpp"
#include "property/functions/reading.hpp"
#include "property/sample.hpp"

namespace kapacitor::udf::ewma_model_test {
namespace {

using functions::ewma;
using test::at;
using test::second;
using test::start;
using namespace std::chrono_literals;

constexpr long double half_life = 5.0L * second;

std::vector<option> with(std::vector<option> options) {
  options.push_back({"field", {"x"}});
  options.push_back({"stddev", {}});
  options.push_back({"bands", {2.0}});
  return options;
}
const std::vector<option> by_half_life = with({{"halfLife", {5s}}});

/// All points so far and the weight of each, computed again for every point.
class reference {
 public:
  struct result {
    double mean;
    std::optional<double> stddev;
  };
  /// alpha 0: by half-life.
  explicit reference(double alpha) : alpha_(alpha) {}

  result take(std::int64_t time, double x) {
    if (alpha_ == 0) forget(time);
    points_.push_back({time, x});
    newest_ = points_.size() == 1 ? time : std::max(newest_, time);
    long double weight = 0, squares = 0, pairs = 0, mean = 0;
    std::vector<long double> weights;
    for (std::size_t i = 0; i < points_.size(); ++i) {
      const auto w = weights.emplace_back(weight_of(i));
      pairs += 2 * w * weight;
      weight += w;
      mean += w * points_[i].x;
    }
    mean /= weight;
    for (std::size_t i = 0; i < points_.size(); ++i) {
      squares += weights[i] * (points_[i].x - mean) * (points_[i].x - mean);
    }
    std::optional<double> stddev;
    if (pairs > 0)
      stddev = static_cast<double>(std::sqrt(squares / weight / (pairs / weight / weight)));
    return {static_cast<double>(mean), stddev};
  }

 private:
  struct one {
    std::int64_t time;
    double x;
  };
  void forget(std::int64_t time) {
    if (!points_.empty() && static_cast<long double>(time - newest_) >= 256 * half_life) {
      points_.clear();
    }
  }
  long double weight_of(std::size_t i) const {
    if (alpha_ == 0) {
      return std::exp2(-static_cast<long double>(newest_ - points_[i].time) / half_life);
    }
    const long double a = alpha_;
    const auto after = static_cast<long double>(points_.size() - 1 - i);
    return std::pow(1 - a, after) * (i == 0 ? 1 : a);
  }

  double alpha_;
  std::vector<one> points_;
  std::int64_t newest_ = 0;
};

std::vector<test::point> wild_points(test::sample& random, std::size_t n) {
  std::vector<test::point> points;
  auto time = start;
  for (; n > 0; --n) {
    if (!random.one_in(5)) time += static_cast<std::int64_t>(random.below(2 * second));
    if (random.one_in(50)) time += 100 * second;
    if (random.one_in(400)) time += 3'600 * second;
    auto p = at(time, 20 + 10 * random.part());
    if (random.one_in(20)) p.time -= static_cast<std::int64_t>(random.below(40 * second));
    if (random.one_in(20)) p.fields[0].second = static_cast<int>(random.below(40));
    if (random.one_in(20)) p.fields[0].second = "text";
    if (random.one_in(20)) p.fields.clear();
    points.push_back(std::move(p));
  }
  return points;
}

void expect_fields(const test::point& got, const reference::result& expected) {
  ASSERT_NEAR(got.number("ewma").value(), expected.mean, 1e-13 * std::abs(expected.mean));
  ASSERT_EQ(got.number("ewma_stddev").has_value(), expected.stddev.has_value());
  if (!expected.stddev) return;
  const double sd = *expected.stddev, slack = 1e-12 * (30 + sd);
  ASSERT_NEAR(got.number("ewma_stddev").value(), sd, slack);
  ASSERT_NEAR(got.number("ewma_lower").value(), expected.mean - 2 * sd, 3 * slack);
  ASSERT_NEAR(got.number("ewma_upper").value(), expected.mean + 2 * sd, 3 * slack);
}

/// Feeds the first half to one instance, the second to another that goes on from its snapshot.
std::vector<test::point> in_two_halves(const std::vector<option>& options,
                                       const std::vector<test::point>& points) {
  test::runner before(make_function<ewma>("f"), options), after(make_function<ewma>("f"), options);
  const auto middle = points.begin() + static_cast<std::ptrdiff_t>(points.size() / 2);
  auto out = before.feed(std::vector<test::point>(points.begin(), middle)).points;
  EXPECT_EQ(after.restore(before.snapshot()), "");
  const auto rest = after.feed(std::vector<test::point>(middle, points.end())).points;
  out.insert(out.end(), rest.begin(), rest.end());
  return out;
}

TEST(EwmaModel, IsTheWeightedMeanAndStandardDeviationByDefinition) {
  struct one {
    std::vector<option> options;
    double alpha;
  };
  const std::vector<one> all = {{by_half_life, 0},
                                {with({}), 0.1},
                                {with({{"alpha", {0.9}}}), 0.9},
                                {with({{"span", {9}}}), 0.2},
                                {with({{"alpha", {1.0}}}), 1}};
  test::sample random(7);
  for (int round = 0; round < 500 && !HasFatalFailure(); ++round) {
    const auto& [options, alpha] = all[random.one_in(3) ? random.below(all.size()) : 0];
    const auto points = wild_points(random, 200);
    const auto out = in_two_halves(options, points);
    reference expected(alpha);
    std::size_t next = 0;
    for (const auto& p : points) {
      const auto x = p.number("x");
      if (!x) continue;
      ASSERT_LT(next, out.size());
      expect_fields(out[next++], expected.take(p.time, *x));
      if (HasFatalFailure()) return;
    }
    ASSERT_EQ(next, out.size());
  }
}

}  // namespace
}  // namespace kapacitor::udf::ewma_model_test
