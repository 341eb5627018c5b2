#include "base/text/units.hpp"

#include <gtest/gtest.h>

#include "base/text/error.hpp"
#include "base/text/quote.hpp"
#include "unit/base/problem_of.hpp"

namespace kapacitor {
namespace {

using namespace std::chrono_literals;

TEST(Duration, IsReadWithItsUnits) {
  EXPECT_EQ(parse_duration("20s"), 20s);
  EXPECT_EQ(parse_duration("30s"), 30s);
  EXPECT_EQ(parse_duration("1m30s"), 90s);
  EXPECT_EQ(parse_duration("1h30m"), 90min);
  EXPECT_EQ(parse_duration("1.5h"), 90min);
  EXPECT_EQ(parse_duration("5m"), 5min);
  EXPECT_EQ(parse_duration("5min"), 5min);
  EXPECT_EQ(parse_duration("250ms"), 250ms);
  EXPECT_EQ(parse_duration("7us"), 7us);
  EXPECT_EQ(parse_duration("7u"), 7us);
  EXPECT_EQ(parse_duration("7\u00b5s"), 7us);
  EXPECT_EQ(parse_duration("7\u03bcs"), 7us);
  EXPECT_EQ(parse_duration("7\u00b5"), 7us);
  EXPECT_EQ(parse_duration("3ns"), 3ns);
  EXPECT_EQ(parse_duration("2d"), 48h);
  EXPECT_EQ(parse_duration("1w"), 168h);
  EXPECT_EQ(parse_duration("0"), 0s);
  EXPECT_EQ(parse_duration("0s"), 0s);
}

TEST(Duration, IsExactToTheNanosecond) {
  EXPECT_EQ(parse_duration("9223372036854775807ns"), std::chrono::nanoseconds::max());
  EXPECT_EQ(parse_duration("106751d23h47m16.854775807s"), std::chrono::nanoseconds::max());
  EXPECT_EQ(parse_duration("0.1s"), 100ms);
  EXPECT_EQ(parse_duration("1.000000001s"), 1'000'000'001ns);
}

TEST(Duration, RefusesWhatIsNone) {
  for (const auto* text : {"",
                           "20",
                           "30",
                           "5",
                           "s",
                           "1x",
                           "30x",
                           "5s ",
                           "1s ",
                           " 1s",
                           "1s2",
                           "30s5",
                           "1e3s",
                           "nan",
                           "inf",
                           "+1s",
                           "1.s",
                           "1..5s",
                           "400000d",
                           "99999999999h",
                           "9999999h9999999h",
                           "99999999999999w",
                           "9223372036854775808ns",
                           "18446744073709551616ns"}) {
    EXPECT_EQ(problem_of([&] { parse_duration(text); }),
              in_quotes(text) + " is no duration: write 500ms, 10s, 1.5h or 7d, at most 292 years");
  }
}

TEST(Duration, SaysThatItMustNotBeNegative) {
  for (const auto* text : {"-1s", "-30s", "-0s"}) {
    EXPECT_EQ(problem_of([&] { parse_duration(text); }),
              in_quotes(text) + " is negative: write a duration such as 10s");
  }
}

TEST(Duration, HasALeast) {
  EXPECT_EQ(parse_duration("10ms", 10ms), 10ms);
  EXPECT_EQ(problem_of([] { parse_duration("9ms", 10ms); }), "must be at least 10ms, got \"9ms\"");
  EXPECT_EQ(problem_of([] { parse_duration("0", 1ns); }), "must be more than 0, got \"0\"");
}

TEST(Duration, OfATickscriptMayBeNegative) {
  EXPECT_EQ(read_duration("10s"), 10s);
  EXPECT_EQ(read_duration("-5ms"), -5ms);
  EXPECT_EQ(read_duration("-1h30m"), -90min);
  for (const auto* text : {"", "-", "0", "5", "s", "5x", "5s ", "--5s", "99999999999999w"}) {
    EXPECT_EQ(read_duration(text), std::nullopt) << text;
  }
}

TEST(Duration, IsWrittenAsItIsRead) {
  for (const auto* text : {"0s", "100ms", "1m30s", "2m", "36h", "1h1ns", "250us"}) {
    EXPECT_EQ(exact_duration(parse_duration(text)), text);
  }
}

TEST(ShortDuration, HasThreeFiguresAndAUnitThatFits) {
  const std::pair<std::chrono::nanoseconds, const char*> cases[] = {
      {450'000ns, "450us"}, {1'234ms, "1.23s"}, {999s, "999s"},    {1'000s, "16.7m"},
      {6'000s, "1.67h"},    {24h, "24h"},       {24h * 30, "30d"}, {24h * 30'700, "30700d"},
      {-6'000s, "-1.67h"},  {0ns, "0ns"}};
  for (const auto& [duration, text] : cases) EXPECT_EQ(short_duration(duration), text);
}

TEST(Count, IsReadWithItsUnits) {
  EXPECT_EQ(parse_count("5000"), 5000U);
  EXPECT_EQ(parse_count("10k"), 10'000U);
  EXPECT_EQ(parse_count("64k"), 64'000U);
  EXPECT_EQ(parse_count("1.5M"), 1'500'000U);
  EXPECT_EQ(parse_count("1.23k"), 1230U);
  EXPECT_EQ(parse_count("18446744073709551615"), UINT64_MAX);
}

TEST(Count, RefusesWhatIsNone) {
  for (const auto* text : {"", "-1", "1.5", "x", "two", "2 ", "10kk", "1.2345k", "1e30", "0x10",
                           "99999999999999999999", "18446744073709551615k"}) {
    EXPECT_EQ(problem_of([&] { parse_count(text); }),
              in_quotes(text) + " is no whole number: write 5000, 10k or 1.5M");
  }
}

TEST(Count, HasBounds) {
  EXPECT_EQ(parse_count("1", {1, 8}), 1U);
  EXPECT_EQ(parse_count("8", {1, 8}), 8U);
  for (const auto* text : {"0", "9", "1k"}) {
    EXPECT_EQ(problem_of([&] {
                parse_count(text, {1, 8});
              }),
              "must be from 1 to 8, got " + in_quotes(text));
  }
  EXPECT_EQ(problem_of([] { parse_count("0", {.least = 1}); }), "must be at least 1, got \"0\"");
}

TEST(Rate, IsReadInThousandths) {
  EXPECT_EQ(parse_rate("100"), 100'000);
  EXPECT_EQ(parse_rate("0.5"), 500);
  EXPECT_EQ(parse_rate("10k"), 10'000'000);
  EXPECT_EQ(parse_rate("10k/s"), 10'000'000);
  EXPECT_EQ(parse_rate("1G"), 1'000'000'000'000);
  for (const auto* text : {"", "0", "-5", "abc", "0.0001", "/s", "1e99", "2G"}) {
    EXPECT_THROW(parse_rate(text), usage_error) << text;
  }
}

TEST(Size, IsReadWithBinaryAndDecimalUnits) {
  EXPECT_EQ(parse_size("100"), 100U);
  EXPECT_EQ(parse_size("4096"), 4096U);
  EXPECT_EQ(parse_size("65536B"), 65536U);
  EXPECT_EQ(parse_size("64KiB"), 65536U);
  EXPECT_EQ(parse_size("64k"), 65536U);
  EXPECT_EQ(parse_size("64K"), 65536U);
  EXPECT_EQ(parse_size("500kB"), 500'000U);
  EXPECT_EQ(parse_size("8MiB"), std::uint64_t{8} << 20U);
  EXPECT_EQ(parse_size("1.5MiB"), 1'572'864U);
  EXPECT_EQ(parse_size("5MB"), 5'000'000U);
  EXPECT_EQ(parse_size("1GiB"), 1U << 30U);
}

TEST(Size, RefusesWhatIsNone) {
  for (const auto* text : {"", "x", "MiB", "16 MiB", "16mib", "-1", "8 apples",
                           "99999999999999999999", "18446744073709551615GiB", "99999999999GiB"}) {
    EXPECT_EQ(problem_of([&] { parse_size(text); }),
              in_quotes(text) + " is no size: write 4096, 64KiB, 16MiB or 5MB");
  }
}

TEST(Size, HasBounds) {
  for (const auto* text : {"1023", "2GiB"}) {
    EXPECT_EQ(problem_of([&] {
                parse_size(text, {1 << 10, 1 << 30});
              }),
              "must be from 1KiB to 1GiB, got " + in_quotes(text));
  }
  EXPECT_EQ(problem_of([] { parse_size("0", {.least = 1}); }), "must be at least 1, got \"0\"");
}

TEST(Size, IsWrittenAsItIsRead) {
  for (const auto* text : {"0", "1400", "64KiB", "1025KiB", "256MiB", "3GiB"}) {
    EXPECT_EQ(exact_size(parse_size(text)), text);
  }
}

TEST(Factor, IsReadInThousandths) {
  EXPECT_EQ(parse_factor("1.0"), 1000);
  EXPECT_EQ(parse_factor("60"), 60'000);
  EXPECT_EQ(parse_factor("60x"), 60'000);
  EXPECT_EQ(parse_factor("0.5"), 500);
  for (const auto* text : {"", "0", "-1", "x", "1y", "1e9", "1000001", "0.0001"}) {
    EXPECT_THROW(parse_factor(text), usage_error) << text;
  }
}

TEST(Mode, IsReadAsOctal) {
  EXPECT_EQ(parse_mode("0660"), 0660U);
  EXPECT_EQ(parse_mode("777"), 0777U);
  for (const auto* text : {"", "0680", "rw", "1777", "-1"}) {
    EXPECT_EQ(problem_of([&] { parse_mode(text); }),
              in_quotes(text) + " is no file mode: write octal permissions such as 0660");
  }
}

TEST(Context, StandsInFrontOfWhatIsWrong) {
  EXPECT_EQ(problem_of([] { with_context("--x", [] { return parse_count("y"); }); }),
            "--x: \"y\" is no whole number: write 5000, 10k or 1.5M");
  EXPECT_EQ(with_context("--x", [] { return parse_count("5"); }), 5U);
}

}  // namespace
}  // namespace kapacitor
