#include "base/numbers/histogram.hpp"

#include <gtest/gtest.h>

namespace kapacitor::generator {
namespace {

using std::chrono::nanoseconds;

TEST(Histogram, IsEmptyAtFirst) {
  const histogram h;
  EXPECT_EQ(h.count(), 0U);
  EXPECT_EQ(h.quantile(0.99).count(), 0);
}

TEST(Histogram, FindsQuantilesWithinATwelfth) {
  histogram h;
  for (int i = 1; i <= 100'000; ++i) h.add(nanoseconds(i * 10));
  for (const double q : {0.01, 0.5, 0.9, 0.99, 0.999}) {
    const auto found = static_cast<double>(h.quantile(q).count());
    EXPECT_GE(found, q * 1e6);
    EXPECT_LE(found, q * 1e6 * 13 / 12) << q;
  }
}

TEST(Histogram, KnowsTheMaximumExactly) {
  histogram h;
  h.add(nanoseconds(123'456'789));
  h.add(nanoseconds(5));
  EXPECT_EQ(h.max().count(), 123'456'789);
  EXPECT_EQ(h.quantile(1.0).count(), 123'456'789);
}

TEST(Histogram, TakesAnyDuration) {
  histogram h;
  h.add(nanoseconds::max());
  h.add(nanoseconds(-5));
  h.add(nanoseconds(0));
  EXPECT_EQ(h.count(), 3U);
  EXPECT_EQ(h.quantile(0.5).count(), 0);
  EXPECT_EQ(h.quantile(1.0), nanoseconds::max());
}

TEST(Histogram, MergedIsAsIfAllHadBeenAddedToOne) {
  histogram a, b, both;
  for (int i = 1; i < 1000; ++i) {
    (i % 3 == 0 ? a : b).add(std::chrono::nanoseconds(i * i));
    both.add(std::chrono::nanoseconds(i * i));
  }
  a.merge(b);
  EXPECT_EQ(a.count(), both.count());
  EXPECT_EQ(a.max(), both.max());
  for (const double q : {0.01, 0.5, 0.99}) EXPECT_EQ(a.quantile(q), both.quantile(q));
}

}  // namespace
}  // namespace kapacitor::generator
