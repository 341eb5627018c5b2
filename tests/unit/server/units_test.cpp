#include "program/units.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/start_error.hpp"

namespace kapacitor::udf::server {
namespace {

using namespace std::chrono_literals;

template <class Call>
std::string problem_of(Call call) {
  try {
    call();
  } catch (const start_error& e) {
    return e.what();
  }
  return "none";
}

TEST(Units, ReadsSizesWithBinaryAndDecimalUnits) {
  EXPECT_EQ(parse_size("65536"), 65536U);
  EXPECT_EQ(parse_size("65536B"), 65536U);
  EXPECT_EQ(parse_size("64KiB"), 65536U);
  EXPECT_EQ(parse_size("16MiB"), 16U << 20);
  EXPECT_EQ(parse_size("1GiB"), 1U << 30);
  EXPECT_EQ(parse_size("500kB"), 500'000U);
  EXPECT_EQ(parse_size("2MB"), 2'000'000U);
}

TEST(Units, RefusesWhatIsNoSize) {
  for (const auto* text : {"", "MiB", "16 MiB", "16mib", "-1", "1.5MiB", "1023", "2GiB",
                           "99999999999999999999", "18446744073709551615GiB"}) {
    EXPECT_EQ(problem_of([&] { parse_size(text); }),
              "must be a size from 1KiB to 1GiB, such as 16MiB, got \"" + std::string(text) + "\"");
  }
}

TEST(Units, ReadsDurationsOfSeveralParts) {
  EXPECT_EQ(parse_duration("500ms"), 500ms);
  EXPECT_EQ(parse_duration("30s"), 30s);
  EXPECT_EQ(parse_duration("5m"), 5min);
  EXPECT_EQ(parse_duration("1h30m"), 90min);
  EXPECT_EQ(parse_duration("0s"), 0s);
}

TEST(Units, RefusesWhatIsNoDuration) {
  for (const auto* text :
       {"", "30", "s", "30x", "30s5", "-30s", "1.5s", "99999999999h", "999999h999999h"}) {
    EXPECT_EQ(
        problem_of([&] { parse_duration(text); }),
        "must be a duration such as 500ms, 30s, 5m or 1h30m, got \"" + std::string(text) + "\"");
  }
}

TEST(Units, ReadsModesAsOctal) {
  EXPECT_EQ(parse_mode("0660"), 0660U);
  EXPECT_EQ(parse_mode("777"), 0777U);
  for (const auto* text : {"", "0680", "rw", "1777", "-1"}) {
    EXPECT_EQ(problem_of([&] { parse_mode(text); }),
              "must be octal permissions such as 0660, got \"" + std::string(text) + "\"");
  }
}

TEST(Units, ReadsCountsWithinTheirBounds) {
  EXPECT_EQ(parse_count("1", 1, 8), 1U);
  EXPECT_EQ(parse_count("8", 1, 8), 8U);
  for (const auto* text : {"0", "9", "", "two", "2 ", "-1"}) {
    EXPECT_EQ(problem_of([&] { parse_count(text, 1, 8); }),
              "must be a whole number from 1 to 8, got \"" + std::string(text) + "\"");
  }
}

TEST(Units, KnowsTheLogLevels) {
  EXPECT_EQ(parse_level("warn"), agent::log_level::warn);
  EXPECT_EQ(problem_of([] { parse_level("loud"); }),
            "must be one of trace, debug, info, warn, error, got \"loud\"");
}

}  // namespace
}  // namespace kapacitor::udf::server
