#include "base/numbers/saturated.hpp"

#include <cmath>

#include <gtest/gtest.h>

namespace kapacitor {
namespace {

constexpr auto most = INT64_MAX, least = INT64_MIN;

TEST(Saturated, StaysAtTheEndsOfItsRange) {
  EXPECT_EQ(saturated_add(most, 1), most);
  EXPECT_EQ(saturated_add(least, -1), least);
  EXPECT_EQ(saturated_add(most, least), -1);
  EXPECT_EQ(saturated_sub(least, 1), least);
  EXPECT_EQ(saturated_sub(0, least), most);
  EXPECT_EQ(saturated_sub(9'000'000'000'000'000'000, -9'000'000'000'000'000'000), most);
  EXPECT_EQ(saturated_mul(most, 2), most);
  EXPECT_EQ(saturated_mul(most, -2), least);
  EXPECT_EQ(saturated_mul(3, -4), -12);
}

TEST(Saturated, TakesARealNumberOfAnySize) {
  EXPECT_EQ(saturated_from(1e300), most);
  EXPECT_EQ(saturated_from(-1e300), least);
  EXPECT_EQ(saturated_from(9223372036854775808.0), most);
  EXPECT_EQ(saturated_from(-9223372036854775808.0), least);
  EXPECT_EQ(saturated_from(INFINITY), most);
  EXPECT_EQ(saturated_from(NAN), 0);
  EXPECT_EQ(saturated_from(-2.9), -2);
}

}  // namespace
}  // namespace kapacitor
