#include "functions/numeric/sorted_values.hpp"

#include <algorithm>
#include <cmath>
#include <deque>
#include <vector>

#include <gtest/gtest.h>

#include "property/sample.hpp"

// Against a sorted vector: every value in its place, whatever comes and goes.
namespace kapacitor::udf::sorted_values_test {
namespace {

using functions::sorted_values;

void expect_same(const sorted_values& got, const std::vector<double>& expected,
                 test::sample& random) {
  ASSERT_EQ(got.size(), expected.size());
  for (std::size_t k = 0; k < expected.size(); ++k) ASSERT_EQ(got[k], expected[k]) << k;
  for (int i = 0; i < 50 && !expected.empty(); ++i) {
    const double near = expected[random.below(expected.size())];
    for (const double x : {near, std::nextafter(near, 1e9), std::nextafter(near, -1e9), 1e9}) {
      const auto smaller = std::lower_bound(expected.begin(), expected.end(), x);
      ASSERT_EQ(got.rank(x), static_cast<std::size_t>(smaller - expected.begin())) << x;
    }
  }
}

/// How the values of a stream go: noise, few different ones, all equal, up, down, in and out.
double next_value(int kind, std::size_t i, test::sample& random) {
  const auto t = static_cast<double>(i);
  switch (kind) {
    case 0:
      return random.part() - 0.5;
    case 1:
      return static_cast<double>(random.below(5)) - 2;
    case 2:
      return 7;
    case 3:
      return t;
    case 4:
      return -t;
    default:
      return (i / 3'000 % 2 ? 1e6 : 1) * random.part();
  }
}

TEST(SortedValues, OfASlidingWindowAreThoseOfASortedVector) {
  for (const std::size_t most : {1u, 2u, 100u, 512u, 513u, 3'000u, 20'000u}) {
    for (int kind = 0; kind < 6; ++kind) {
      SCOPED_TRACE(std::to_string(most) + " values, kind " + std::to_string(kind));
      test::sample random(most);
      sorted_values values;
      std::deque<double> window;
      for (std::size_t i = 0; i < 3 * most; ++i) {
        window.push_back(next_value(kind, i, random));
        if (window.size() > most && random.one_in(2)) {
          values.replace(window.front(), window.back());
          window.pop_front();
        } else {
          values.insert(window.back());
        }
        // Windows of a period shrink at times.
        for (bool all = random.one_in(1'000); window.size() > (all ? most / 10 : most);) {
          values.erase(window.front());
          window.pop_front();
        }
        if (i % (most / 2 + 1) != 0 && i + 1 != 3 * most) continue;
        std::vector<double> expected(window.begin(), window.end());
        std::sort(expected.begin(), expected.end());
        ASSERT_NO_FATAL_FAILURE(expect_same(values, expected, random));
      }
      sorted_values other;
      other.assign(std::vector<double>(window.begin(), window.end()));
      for (std::size_t k = 0; k < values.size(); ++k) ASSERT_EQ(other[k], values[k]);
      while (!window.empty()) {
        values.erase(window.back());
        window.pop_back();
      }
      EXPECT_EQ(values.size(), 0u);
      values.insert(3);
      EXPECT_EQ(values[0], 3);
    }
  }
}

TEST(SortedValues, HaveNoNegativeZero) {
  sorted_values values;
  values.insert(-0.0);
  EXPECT_FALSE(std::signbit(values[0]));
  values.erase(0.0);
  values.assign(std::vector<double>{-0.0});
  EXPECT_FALSE(std::signbit(values[0]));
}

}  // namespace
}  // namespace kapacitor::udf::sorted_values_test
