#include <gtest/gtest.h>

#include <vector>

#include "run/error.hpp"
#include "run/settings.hpp"

namespace kapacitor::generator {
namespace {

using namespace std::chrono_literals;

settings parsed(std::vector<const char*> args) {
  args.insert(args.begin(), "kapacitor-udf-generator");
  return parse_command_line(static_cast<int>(args.size()), args.data()).value();
}

std::string refusal(const std::vector<const char*>& args) {
  try {
    parsed(args);
  } catch (const usage_error& error) {
    return error.what();
  }
  return "no error";
}

TEST(CommandLine, HasDefaultsForEverything) {
  const auto s = parsed({});
  EXPECT_EQ(s.url.text(), "http://127.0.0.1:8086");
  EXPECT_EQ(s.database, "demo");
  EXPECT_EQ(s.retention_policy, "autogen");
  EXPECT_TRUE(s.create_database);
  EXPECT_EQ(s.scenario, "sensors");
  EXPECT_FALSE(s.bounded());
  EXPECT_EQ(s.backlog_age, 120s);
}

TEST(CommandLine, ReadsUnits) {
  const auto s = parsed({"--rate", "10k", "--duration", "1m", "--points", "2M", "--flush", "5ms",
                         "--max-backlog-bytes", "1MiB"});
  EXPECT_EQ(s.milli_rate, 10'000'000);
  EXPECT_EQ(s.duration, 1min);
  EXPECT_EQ(s.points, 2'000'000U);
  EXPECT_EQ(s.flush, 5ms);
  EXPECT_EQ(s.backlog_bytes, std::uint64_t{1} << 20U);
}

TEST(CommandLine, ABacklogIsATimeOrANumberOfPoints) {
  EXPECT_EQ(parsed({"--max-backlog", "90s"}).backlog_age, 90s);
  EXPECT_EQ(parsed({"--max-backlog", "10k"}).backlog_points, 10'000U);
  EXPECT_EQ(parsed({"--max-backlog", "10k"}).backlog_age, std::chrono::nanoseconds::max());
}

TEST(CommandLine, WritingToKapacitorGoesToItsAddress) {
  EXPECT_EQ(parsed({"--target", "kapacitor"}).url.text(), "http://127.0.0.1:9092");
  EXPECT_EQ(parsed({"--target", "kapacitor", "--kapacitor-url", "http://k:1"}).url.text(),
            "http://k:1");
  EXPECT_EQ(parsed({"--target", "kapacitor", "--url", "http://[::1]:7"}).url.text(),
            "http://[::1]:7");
}

TEST(CommandLine, RefusalsNameTheFlagAndWhatIsAllowed) {
  EXPECT_EQ(refusal({"--rate", "fast"}),
            "--rate: 'fast' is no rate: allowed are points per second such as 0.5, 100, 10k");
  EXPECT_EQ(refusal({"--duration", "20"}),
            "--duration: '20' is no duration: allowed are numbers with units such as 20s, 1m30s, "
            "250ms");
  EXPECT_EQ(refusal({"--series", "0"}), "--series: must be between 1 and 1000000, got 0");
  EXPECT_EQ(refusal({"--url", "https://x"}),
            "--url: 'https://x' asks for TLS, which is not supported: allowed is http://HOST:PORT");
  EXPECT_EQ(refusal({"--measurement", "#x"}),
            "--measurement: must not begin with #, which begins a comment");
  EXPECT_EQ(refusal({"--scenario", "host", "--series", "5"}),
            "--series is not for --scenario host, which reads this machine");
}

TEST(CommandLine, UnknownFlagsAreNamed) {
  EXPECT_EQ(refusal({"--frobnicate"}),
            "The following argument was not expected: --frobnicate (--help lists what is allowed)");
}

TEST(CommandLine, RefusesAddressesThatAreNone) {
  for (const auto* url : {"127.0.0.1:8086", "http://", "http://:80", "http://h:", "http://h:x",
                          "http://h:70000", "http://u:p@h:1", "ftp://h"}) {
    EXPECT_NE(refusal({"--url", url}), "no error") << url;
  }
}

TEST(CommandLine, RateAndIntervalExcludeEachOther) {
  EXPECT_NE(refusal({"--rate", "5", "--interval", "1s"}), "no error");
}

}  // namespace
}  // namespace kapacitor::generator
