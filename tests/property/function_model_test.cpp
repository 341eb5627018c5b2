#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include <gtest/gtest.h>

#include "functions/detection/outliers.hpp"
#include "functions/statistics/ewma.hpp"
#include "property/sample.hpp"

// ewma and outliers against what one would write without a thought for speed.
namespace kapacitor::udf {
namespace {

std::optional<double> usable(const test::point& p) {
  const auto x = p.number("x");
  return x && std::isfinite(*x) ? x : std::nullopt;
}

TEST(Ewma, IsTheWeightedSumOfAllItHasSeenPerGroup) {
  test::sample random(1);
  constexpr double alpha = 0.3;
  test::runner r(make_function<functions::ewma>("ewma"), {{"field", {"x"}}, {"alpha", {alpha}}});
  std::map<std::string, std::vector<double>> seen;
  for (int round = 0; round < 50; ++round) {
    const auto points = random.points(200, 5);
    const auto out = r.feed(points);
    std::size_t next = 0;
    for (const auto& p : points) {
      const auto x = usable(p);
      if (!x) continue;
      auto& all = seen[p.tags[0].second];
      all.push_back(*x);
      // By the definition, from the oldest on.
      long double mean = all[0];
      for (std::size_t i = 1; i < all.size(); ++i) {
        mean = (1 - static_cast<long double>(alpha)) * mean + alpha * all[i];
      }
      ASSERT_LT(next, out.points.size());
      const double got = *out.points[next++].number("ewma");
      const double largest = std::abs(*std::max_element(
          all.begin(), all.end(), [](double a, double b) { return std::abs(a) < std::abs(b); }));
      ASSERT_NEAR(got, static_cast<double>(mean), 1e-14 * largest);
    }
    ASSERT_EQ(next, out.points.size());
  }
}

double hinge(std::vector<double> sorted, bool upper) {
  const auto half = (sorted.size() + 1) / 2;
  if (upper) sorted.erase(sorted.begin(), sorted.end() - static_cast<std::ptrdiff_t>(half));
  sorted.resize(half);
  const auto middle = sorted.size() / 2;
  return sorted.size() % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

TEST(Outliers, AreThoseOutsideTheFences) {
  test::sample random(2);
  std::size_t found = 0;
  for (int round = 0; round < 3000; ++round) {
    test::batch b{.tags = {{"host", "a"}}, .points = {}};
    std::vector<double> values;
    for (auto n = random.below(30); n > 0; --n) {
      // Multiples of 1/4: the fences are computed without rounding.
      const auto x = static_cast<double>(random.below(random.one_in(8) ? 4000 : 100)) / 4;
      b.points.push_back({.tags = b.tags, .fields = {{"x", x}}});
      values.push_back(x);
      if (random.one_in(10)) b.points.push_back({.tags = b.tags, .fields = {{"y", 1e9}}});
    }
    std::vector<double> expected;
    if (values.size() >= 4) {
      auto sorted = values;
      std::sort(sorted.begin(), sorted.end());
      const double lower = hinge(sorted, false), upper = hinge(sorted, true);
      const double reach = 2 * (upper - lower);
      std::copy_if(values.begin(), values.end(), std::back_inserter(expected),
                   [&](double x) { return x < lower - reach || x > upper + reach; });
    }
    const auto out = test::run<functions::outliers>({{"field", {"x"}}, {"spreads", {2.0}}},
                                                    std::vector<test::batch>{b});
    std::vector<double> got;
    for (const auto& p : out.batches.at(0).points) got.push_back(*p.number("x"));
    ASSERT_EQ(got, expected);
    found += got.size();
  }
  EXPECT_GT(found, 1000u);
}

}  // namespace
}  // namespace kapacitor::udf
