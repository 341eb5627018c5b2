#include "base/text/units.hpp"

#include <gtest/gtest.h>

#include "base/text/error.hpp"
#include "run/precision.hpp"

namespace kapacitor::generator {
namespace {

using namespace std::chrono_literals;

TEST(Duration, IsReadWithItsUnits) {
  EXPECT_EQ(parse_duration("20s"), 20s);
  EXPECT_EQ(parse_duration("1m30s"), 90s);
  EXPECT_EQ(parse_duration("1.5h"), 90min);
  EXPECT_EQ(parse_duration("250ms"), 250ms);
  EXPECT_EQ(parse_duration("7us"), 7us);
  EXPECT_EQ(parse_duration("3ns"), 3ns);
  EXPECT_EQ(parse_duration("2d"), 48h);
  EXPECT_EQ(parse_duration("0"), 0s);
  EXPECT_EQ(parse_duration("0s"), 0s);
}

TEST(Duration, RefusesWhatIsNone) {
  for (const auto* text :
       {"", "20", "s", "-1s", "1x", "1s ", " 1s", "1s2", "1e3s", "nan", "inf", "400000d", "+1s"}) {
    EXPECT_THROW(parse_duration(text), usage_error) << text;
  }
}

TEST(Count, IsReadWithItsUnits) {
  EXPECT_EQ(parse_count("5000"), 5000U);
  EXPECT_EQ(parse_count("10k"), 10'000U);
  EXPECT_EQ(parse_count("1.5M"), 1'500'000U);
}

TEST(Count, RefusesWhatIsNone) {
  for (const auto* text : {"", "-1", "1.5", "x", "10kk", "1e30", "0x10", "99999999999999999999"}) {
    EXPECT_THROW(parse_count(text), usage_error) << text;
  }
}

TEST(Rate, IsReadInThousandths) {
  EXPECT_EQ(parse_rate("100"), 100'000);
  EXPECT_EQ(parse_rate("0.5"), 500);
  EXPECT_EQ(parse_rate("10k"), 10'000'000);
  EXPECT_EQ(parse_rate("10k/s"), 10'000'000);
  for (const auto* text : {"", "0", "-5", "abc", "0.0001", "/s", "1e99"}) {
    EXPECT_THROW(parse_rate(text), usage_error) << text;
  }
}

TEST(Size, IsReadWithItsUnits) {
  EXPECT_EQ(parse_size("4096"), 4096U);
  EXPECT_EQ(parse_size("8MiB"), std::uint64_t{8} << 20U);
  EXPECT_EQ(parse_size("5MB"), 5'000'000U);
  EXPECT_THROW(parse_size(""), usage_error);
  EXPECT_THROW(parse_size("8 apples"), usage_error);
}

TEST(Time, IsReadAsRfc3339) {
  EXPECT_EQ(parse_time("1970-01-01T00:00:00Z"), 0);
  EXPECT_EQ(parse_time("2024-02-29T12:30:00.5Z"), 1'709'209'800'500'000'000);
  EXPECT_EQ(parse_time("2024-02-29T14:30:00.500000000+02:00"), 1'709'209'800'500'000'000);
  EXPECT_EQ(parse_time("1969-12-31T23:59:59Z"), -1'000'000'000);
}

TEST(Time, RefusesWhatIsNone) {
  for (const auto* text :
       {"", "yesterday", "2024-01-01", "2024-01-01T00:00:00", "2023-02-29T00:00:00Z",
        "2024-13-01T00:00:00Z", "2024-01-01T24:00:00Z", "2024-01-01T00:00:00Zx",
        "2024-01-01T00:00:00.Z", "2024-01-01 00:00:00Z", "3000-01-01T00:00:00Z"}) {
    EXPECT_THROW(parse_time(text), usage_error) << text;
  }
}

TEST(Moment, IsATimeOrHowFarItIsFromNow) {
  EXPECT_EQ(parse_moment("now").at(5), 5);
  EXPECT_EQ(parse_moment("-1m").at(70'000'000'000), 10'000'000'000);
  EXPECT_EQ(parse_moment("+1s").at(5), 1'000'000'005);
  EXPECT_EQ(parse_moment("1970-01-01T00:00:01Z").at(5), 1'000'000'000);
  for (const auto* text : {"", "-", "-1", "1h", "--1h", "later"}) {
    EXPECT_THROW(parse_moment(text), usage_error) << text;
  }
}

TEST(Factor, IsReadInThousandths) {
  EXPECT_EQ(parse_factor("1.0"), 1000);
  EXPECT_EQ(parse_factor("60"), 60'000);
  EXPECT_EQ(parse_factor("0.5"), 500);
  for (const auto* text : {"", "0", "-1", "x", "1x", "1e9"}) {
    EXPECT_THROW(parse_factor(text), usage_error) << text;
  }
}

TEST(Precision, RoundsTimesDownAlsoBefore1970) {
  EXPECT_EQ(in_units(1'999'999'999, unit_of(precision::s)), 1);
  EXPECT_EQ(in_units(-1, unit_of(precision::s)), -1);
  EXPECT_EQ(in_units(-1'000'000'000, unit_of(precision::s)), -1);
  EXPECT_EQ(in_units(1'999, unit_of(precision::u)), 1);
  EXPECT_EQ(in_units(7, unit_of(precision::ns)), 7);
}

}  // namespace
}  // namespace kapacitor::generator
