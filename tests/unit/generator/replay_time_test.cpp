#include <gtest/gtest.h>

#include "base/text/error.hpp"
#include "replay/time_text.hpp"

namespace kapacitor::generator {
namespace {

constexpr std::int64_t second = 1'000'000'000;

TEST(ReplayTime, ReadsDatesWithAndWithoutOffset) {
  const auto expected = 1714564800 * second;
  EXPECT_EQ(read_time("2024-05-01T12:00:00Z", time_format::date), expected);
  EXPECT_EQ(read_time("2024-05-01 12:00:00", time_format::date), expected);
  EXPECT_EQ(read_time("2024-05-01T14:00:00+02:00", time_format::automatic), expected);
  EXPECT_EQ(read_time("2024-05-01 10:30:00.250-01:30", time_format::date), expected + second / 4);
  EXPECT_EQ(read_time("2024-05-01 12:00:00.000000001", time_format::date), expected + 1);
  EXPECT_EQ(read_time("1969-12-31 23:59:59.5", time_format::date), -second / 2);
}

TEST(ReplayTime, RefusesWhatIsNoDate) {
  for (const auto* text :
       {"", "2024", "2024-05-01", "2024-05-01 12:00", "2024-02-30 12:00:00", "2024-05-01 24:00:00",
        "2024-05-01 12:00:00.", "2024-05-01 12:00:00 ", "2024-05-01T12:00:00+0200", "1714564800",
        "2024-05-01x12:00:00", "1500-01-01 00:00:00", "9999-01-01 00:00:00"}) {
    EXPECT_EQ(read_time(text, time_format::date), std::nullopt) << text;
  }
}

TEST(ReplayTime, ReadsNumbersInTheirUnit) {
  EXPECT_EQ(read_time("1714564800", time_format::s), 1714564800 * second);
  EXPECT_EQ(read_time("1714564800.25", time_format::s), 1714564800 * second + second / 4);
  EXPECT_EQ(read_time("1714564800123", time_format::ms), 1714564800 * second + 123'000'000);
  EXPECT_EQ(read_time("-1.5", time_format::us), -1500);
  EXPECT_EQ(read_time("7", time_format::ns), 7);
}

TEST(ReplayTime, RefusesNumbersThatAreNoneOrOutOfRange) {
  for (const auto* text : {"", "x", "1e9", "1.", "1.2.3", "+1", "9223372036854775807",
                           "-9223372036854775808", "99999999999999999999"}) {
    EXPECT_EQ(read_time(text, time_format::ns), std::nullopt) << text;
  }
  EXPECT_EQ(read_time("9223372037", time_format::s), std::nullopt);
  EXPECT_EQ(read_time("9223372036854775806", time_format::ns), 9223372036854775806);
}

TEST(ReplayTime, IsWrittenWithTheFractionThatThereIs) {
  EXPECT_EQ(time_to_text(1714564800 * second), "2024-05-01T12:00:00Z");
  EXPECT_EQ(time_to_text(-second / 2), "1969-12-31T23:59:59.5Z");
  EXPECT_EQ(time_to_text(1), "1970-01-01T00:00:00.000000001Z");
}

TEST(ReplayTime, KnowsItsFormatsByName) {
  EXPECT_EQ(parse_time_format("rfc3339"), time_format::date);
  EXPECT_EQ(parse_time_format("u"), time_format::us);
  EXPECT_THROW(parse_time_format("min"), usage_error);
}

}  // namespace
}  // namespace kapacitor::generator
