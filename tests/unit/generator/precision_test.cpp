#include "run/precision.hpp"

#include <gtest/gtest.h>

namespace kapacitor::generator {
namespace {

TEST(Precision, RoundsTimesDownAlsoBefore1970) {
  EXPECT_EQ(in_units(1'999'999'999, unit_of(precision::s)), 1);
  EXPECT_EQ(in_units(-1, unit_of(precision::s)), -1);
  EXPECT_EQ(in_units(-1'000'000'000, unit_of(precision::s)), -1);
  EXPECT_EQ(in_units(1'999, unit_of(precision::u)), 1);
  EXPECT_EQ(in_units(7, unit_of(precision::ns)), 7);
}

}  // namespace
}  // namespace kapacitor::generator
