#include "base/line/number.hpp"

#include <locale>
#include <string>

#include <gtest/gtest.h>

namespace kapacitor {
namespace {

std::string decimal(double value, int decimals) {
  char text[48];
  return {text, write_decimal(text, value, decimals)};
}

/// Writes 1.234,5 for 1234.5, as in Germany.
struct german_numbers : std::numpunct<char> {
  char do_decimal_point() const override { return ','; }
  char do_thousands_sep() const override { return '.'; }
  std::string do_grouping() const override { return "\3"; }
};

TEST(Decimal, IsRoundedToItsPlacesAndShowsThemAll) {
  EXPECT_EQ(decimal(1.2345, 3), "1.235");
  EXPECT_EQ(decimal(1.2, 3), "1.200");
  EXPECT_EQ(decimal(-1.2344, 3), "-1.234");
  EXPECT_EQ(decimal(0.05, 1), "0.1");
  EXPECT_EQ(decimal(12.0, 0), "12");
  EXPECT_EQ(decimal(1e9, 9), "1000000000.000000000");
}

TEST(Decimal, HasNoNegativeZero) {
  EXPECT_EQ(decimal(-0.0001, 3), "0.000");
}

TEST(Decimal, IsCutOffWhereItsDigitsEnd) {
  EXPECT_EQ(decimal(1e300, 2), "90000000000000000.00");
  EXPECT_EQ(decimal(-1e300, 2), "-90000000000000000.00");
}

TEST(Decimal, DoesNotDependOnTheLocale) {
  const auto before = std::locale::global(std::locale(std::locale(), new german_numbers));
  const auto text = decimal(1234567.5, 2);
  std::locale::global(before);
  EXPECT_EQ(text, "1234567.50");
}

}  // namespace
}  // namespace kapacitor
