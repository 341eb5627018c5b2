#include "base/text/time_text.hpp"

#include <gtest/gtest.h>

#include "base/text/error.hpp"

namespace kapacitor {
namespace {

constexpr std::int64_t second = 1'000'000'000;

TEST(TimeText, ReadsDatesWithAndWithoutOffset) {
  const auto expected = 1714564800 * second;
  EXPECT_EQ(read_time("2024-05-01T12:00:00Z", time_format::date), expected);
  EXPECT_EQ(read_time("2024-05-01 12:00:00", time_format::date), expected);
  EXPECT_EQ(read_time("2024-05-01T14:00:00+02:00", time_format::automatic), expected);
  EXPECT_EQ(read_time("2024-05-01 10:30:00.250-01:30", time_format::date), expected + second / 4);
  EXPECT_EQ(read_time("2024-05-01 12:00:00.000000001", time_format::date), expected + 1);
  EXPECT_EQ(read_time("1969-12-31 23:59:59.5", time_format::date), -second / 2);
}

TEST(TimeText, RefusesWhatIsNoDate) {
  for (const auto* text : {"", "2024", "2024-05", "2024-02-30 12:00:00", "2024-05-01 24:00:00",
                           "2024-05-01 12", "2024-05-01 12:00:00.", "2024-05/01", "1714564800",
                           "2024-05-01 12:00 PM", "01.05.2024", "2024-05-01x12:00:00",
                           "1500-01-01 00:00:00", "9999-01-01 00:00:00", "2024-05-01 12:00 x"}) {
    EXPECT_EQ(read_time(text, time_format::date), std::nullopt) << text;
  }
}

TEST(TimeText, ReadsDatesAsPeopleWriteThem) {
  const auto noon = 1714564800 * second;
  for (const auto* text :
       {"2024-05-01T12:00Z", "2024-05-01 12:00", "2024/05/01 12:00:00", "2024-05-01 12:00:00,000",
        "2024-05-01T14:00:00+0200", "2024-05-01 12:00:00 UTC", "2024-05-01 12:00:00 +0000 UTC",
        "2024-05-01, 12:00"}) {
    EXPECT_EQ(read_time(text, time_format::date), noon) << text;
  }
  EXPECT_EQ(read_time("2024-05-01", time_format::date), noon - 43'200 * second);
  for (const auto* text : {"01.05.2024 12:00", "1.5.2024, 12:00:00", "01/05/2024 12:00"}) {
    EXPECT_EQ(read_time(text, time_format::day_first), noon) << text;
  }
  for (const auto* text : {"05/01/2024 12:00", "5/1/2024 12:00:00 PM", "5-1-2024 12:00 pm"}) {
    EXPECT_EQ(read_time(text, time_format::month_first), noon) << text;
  }
  EXPECT_EQ(read_time("5/1/2024 12:30 AM", time_format::month_first), noon - 41'400 * second);
  for (const auto* text :
       {"13/13/2024", "5/1/24", "5/1.2024", "5/1/2024 13:00 PM", "5/1/2024 0:00 AM"}) {
    EXPECT_EQ(read_time(text, time_format::month_first), std::nullopt) << text;
  }
}

TEST(TimeText, ReadsNumbersInTheirUnit) {
  EXPECT_EQ(read_time("1714564800", time_format::s), 1714564800 * second);
  EXPECT_EQ(read_time("1714564800.25", time_format::s), 1714564800 * second + second / 4);
  EXPECT_EQ(read_time("1714564800123", time_format::ms), 1714564800 * second + 123'000'000);
  EXPECT_EQ(read_time("-1.5", time_format::us), -1500);
  EXPECT_EQ(read_time("7", time_format::ns), 7);
}

TEST(TimeText, RefusesNumbersThatAreNoneOrOutOfRange) {
  for (const auto* text : {"", "x", "1e9", "1.", "1.2.3", "+1", "9223372036854775807",
                           "-9223372036854775808", "99999999999999999999"}) {
    EXPECT_EQ(read_time(text, time_format::ns), std::nullopt) << text;
  }
  EXPECT_EQ(read_time("9223372037", time_format::s), std::nullopt);
  EXPECT_EQ(read_time("9223372036854775806", time_format::ns), 9223372036854775806);
}

TEST(TimeText, IsWrittenWithTheFractionThatThereIs) {
  EXPECT_EQ(time_to_text(1714564800 * second), "2024-05-01T12:00:00Z");
  EXPECT_EQ(time_to_text(-second / 2), "1969-12-31T23:59:59.5Z");
  EXPECT_EQ(time_to_text(1), "1970-01-01T00:00:00.000000001Z");
}

TEST(TimeText, KnowsItsFormatsByName) {
  EXPECT_EQ(parse_choice("rfc3339", time_formats), time_format::date);
  EXPECT_EQ(parse_choice("u", time_formats), time_format::us);
  EXPECT_THROW(parse_choice("min", time_formats), usage_error);
}

TEST(TimeText, IsWrittenWithNineDecimalsForSorting) {
  EXPECT_EQ(rfc3339(0), "1970-01-01T00:00:00.000000000Z");
  EXPECT_EQ(rfc3339(-1), "1969-12-31T23:59:59.999999999Z");
  EXPECT_EQ(rfc3339(1'700'000'000'000'000'001), "2023-11-14T22:13:20.000000001Z");
  EXPECT_EQ(rfc3339(INT64_MIN), "1677-09-21T00:12:43.145224192Z");
  EXPECT_EQ(time_to_text(INT64_MIN), "1677-09-21T00:12:43.145224192Z");
}

TEST(Time, IsReadAsRfc3339) {
  EXPECT_EQ(parse_time("1970-01-01T00:00:00Z"), 0);
  EXPECT_EQ(parse_time("2024-02-29T12:30:00.5Z"), 1'709'209'800'500'000'000);
  EXPECT_EQ(parse_time("2024-02-29T14:30:00.500000000+02:00"), 1'709'209'800'500'000'000);
  EXPECT_EQ(parse_time("1969-12-31T23:59:59Z"), -1'000'000'000);
  EXPECT_EQ(parse_time("2024-05-01 12:00:00"), 1714564800 * second);
}

TEST(Time, RefusesWhatIsNone) {
  for (const auto* text : {"", "yesterday", "2024-01", "2023-02-29T00:00:00Z",
                           "2024-13-01T00:00:00Z", "2024-01-01T24:00:00Z", "2024-01-01T00:00:00Zx",
                           "2024-01-01T00:00:00.Z", "3000-01-01T00:00:00Z"}) {
    EXPECT_THROW(parse_time(text), usage_error) << text;
  }
}

TEST(Moment, IsATimeOrHowFarItIsFromNow) {
  EXPECT_EQ(parse_moment("now").at(5), 5);
  EXPECT_EQ(parse_moment("-1m").at(70'000'000'000), 10'000'000'000);
  EXPECT_EQ(parse_moment("+1s").at(5), 1'000'000'005);
  EXPECT_EQ(parse_moment("1970-01-01T00:00:01Z").at(5), 1'000'000'000);
  for (const auto* text : {"", "-", "-1", "1h", "--1h", "+-1h", "later"}) {
    EXPECT_THROW(parse_moment(text), usage_error) << text;
  }
}

TEST(ReadTime, TakesASpreadsheetsDaysToTheMillisecond) {
  const auto read = [](std::string_view text) { return read_time(text, time_format::excel); };
  EXPECT_EQ(read("25569"), 0);
  EXPECT_EQ(read("45413,5"), 1'714'564'800'000'000'000);
  EXPECT_EQ(read("45413.0000000116"), 1'714'521'600'001'000'000);  // 1.002 ms
  EXPECT_EQ(read("45413.999999999999"), 1'714'608'000'000'000'000);
  EXPECT_EQ(read("61"), -2'203'891'200'000'000'000);  // 1900-03-01
  for (const char* wrong :
       {"60", "-1", "45413.", "45413.5.5", "2958466", "1714564800", "4e4", ""}) {
    EXPECT_EQ(read(wrong), std::nullopt) << wrong;
  }
}

}  // namespace
}  // namespace kapacitor
