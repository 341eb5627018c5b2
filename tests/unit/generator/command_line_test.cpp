#include <cstdlib>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text/error.hpp"
#include "run/settings.hpp"
#include "support/temp_dir.hpp"

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
            "--rate: \"fast\" is no rate: write points per second such as 0.5, 100 or 10k, at most "
            "1G");
  EXPECT_EQ(refusal({"--duration", "20"}),
            "--duration: \"20\" is no duration: write 500ms, 10s, 1.5h or 7d, at most 292 years");
  EXPECT_THAT(refusal({"--dry-run", "--target", "null"}),
              testing::HasSubstr("--dry-run and --target exclude each other"));
  EXPECT_EQ(parsed({"--seed", "18446744073709551615"}).seed, 18446744073709551615U);
  EXPECT_EQ(refusal({"replay", "f.csv", "--rate", "5"}),
            "--rate is not for replay, which takes values and times from the file");
  EXPECT_EQ(refusal({"--scenario", "host", "--seed", "5"}),
            "--seed is not for --scenario host, which reads this machine");
  EXPECT_EQ(refusal({"--series", "0"}), "--series: must be from 1 to 10000000, got \"0\"");
  EXPECT_EQ(
      refusal({"--url", "ftp://x"}),
      "--url: \"ftp://x\" does not begin with http:// or https://: allowed is http://HOST:PORT "
      "or https://HOST:PORT");
  EXPECT_EQ(refusal({"--precision", "zz"}), "--precision: \"zz\" is none of ns, u, us, ms, s");
  EXPECT_EQ(refusal({"--gzip", "0"}), "--gzip: \"0\" is none of off, 1 to 9");
  EXPECT_EQ(refusal({"--connections", "0"}), "--connections: must be from 1 to 1000, got \"0\"");
  EXPECT_EQ(refusal({"--speed", "0"}),
            "--speed: \"0\" is no factor: write a number from 0.001 to 1000000, such as 0.5 or 60");
  EXPECT_EQ(refusal({"--retry-max", "0"}), "--retry-max: must be more than 0, got \"0\"");
  EXPECT_EQ(refusal({"--measurement", "#x"}),
            "--measurement: must not begin with #, which begins a comment");
  EXPECT_EQ(refusal({"--scenario", "host", "--series", "5"}),
            "--series is not for --scenario host, which reads this machine");
}

TEST(CommandLine, UnknownFlagsAreNamed) {
  EXPECT_EQ(refusal({"--frobnicate"}),
            "\"--frobnicate\" is no flag of kapacitor-udf-generator (--help lists them)");
  EXPECT_EQ(refusal({"--create-db"}),
            "\"--create-db\" is no flag of kapacitor-udf-generator; did you mean --no-create-db? "
            "(--help lists them)");
}

TEST(CommandLine, RefusesAddressesThatAreNone) {
  for (const auto* url : {"127.0.0.1:8086", "http://", "http://:80", "http://h:", "http://h:x",
                          "http://h:70000", "http://u:p@h:1", "ftp://h", "udp://h:1"}) {
    EXPECT_NE(refusal({"--url", url}), "no error") << url;
  }
}

TEST(CommandLine, AUserInTheAddressIsNotRepeatedAndTheFlagsAreNamed) {
  const auto said = refusal({"--url", "http://me:secret@h:1"});
  EXPECT_EQ(said.find("secret"), std::string::npos);
  EXPECT_EQ(said,
            "--url: a user does not belong into an address: use --user with --password-file or "
            "INFLUX_PASSWORD, or --token-file or INFLUX_TOKEN");
}

TEST(CommandLine, RunIsWhatIsDoneWithoutACommand) {
  EXPECT_EQ(parsed({}).what, command::run);
  const auto s = parsed({"run", "--db", "x"});
  EXPECT_EQ(s.what, command::run);
  EXPECT_EQ(s.database, "x");
  EXPECT_EQ(parsed({"--db", "x", "run"}).database, "x");
}

TEST(CommandLine, CommandsTakeTheirOperandAndTheFlags) {
  const auto replay = parsed({"replay", "f.csv", "--speed", "60"});
  EXPECT_EQ(replay.what, command::replay);
  EXPECT_EQ(replay.operand, "f.csv");
  EXPECT_EQ(replay.milli_speed, 60'000);
  EXPECT_EQ(parsed({"scenarios"}).what, command::scenarios);
  EXPECT_EQ(parsed({"scenarios", "pulse"}).operand, "pulse");
  EXPECT_EQ(parsed({"check", "x.toml", "--series", "7"}).series, 7U);
  EXPECT_EQ(refusal({"check"}), "FILE is missing: a scenario, or a file to be replayed");
  EXPECT_NE(refusal({"run", "check", "f"}), "no error");
}

TEST(CommandLine, MicrosecondsAreSpelledAsInfluxdbSpellsThem) {
  EXPECT_EQ(parsed({"--precision", "us"}).precision, precision::u);
  EXPECT_STREQ(name_of(precision::u), "u");
  EXPECT_STREQ(name_of(precision::u, true), "us");
}

TEST(CommandLine, ATokenOrAPasswordComesFromAFileOrTheEnvironment) {
  const test_support::temp_dir folder;
  test_support::write_file(folder / "secret", "open sesame\n");
  const auto file = folder / "secret";
  EXPECT_EQ(parsed({"--token-file", file.c_str()}).authorization, "Token open sesame");
  EXPECT_EQ(parsed({"--user", "me", "--password-file", file.c_str()}).authorization,
            "Basic bWU6b3BlbiBzZXNhbWU=");
  ::setenv("INFLUX_PASSWORD", "pw", 1);
  EXPECT_EQ(parsed({"--user", "me"}).authorization, "Basic bWU6cHc=");
  ::unsetenv("INFLUX_PASSWORD");
  EXPECT_EQ(refusal({"--user", "me"}),
            "--user needs a password: --password-file, INFLUX_PASSWORD or "
            "LoadCredential=influx-password:FILE");
  ::setenv("INFLUX_TOKEN", "t", 1);
  EXPECT_EQ(parsed({}).authorization, "Token t");
  ::unsetenv("INFLUX_TOKEN");
  EXPECT_EQ(parsed({}).authorization, "");
  EXPECT_EQ(refusal({"--token-file", "/does/not/exist"}),
            "--token-file: cannot read \"/does/not/exist\": No such file or directory");
}

TEST(CommandLine, FlagsThatNeedOthersSaySo) {
  EXPECT_EQ(refusal({"--target", "udp"}), "--target udp needs --url udp://HOST:PORT");
  EXPECT_EQ(refusal({"--target", "file"}), "--target file needs --output");
  EXPECT_EQ(refusal({"--api", "v2"}), "--api v2 needs --bucket");
  EXPECT_EQ(refusal({"--org", "o"}), "--org and --bucket are for --api v2");
  EXPECT_EQ(refusal({"--tls-cert", "c"}), "--tls-cert and --tls-key need each other");
}

TEST(CommandLine, FlagsMayStandInAFile) {
  const test_support::temp_dir folder;
  const auto file = folder / "generator.toml";
  test_support::write_file(file, "db = \"filed\"\nrate = \"10k\"\nno-create-db = true\n");
  const auto s = parsed({"--config", file.c_str(), "--rate", "5"});
  EXPECT_EQ(s.database, "filed");
  EXPECT_FALSE(s.create_database);
  EXPECT_EQ(s.milli_rate, 5'000) << "the command line has the last word";
  test_support::write_file(file, "frobnicate = 1\n");
  EXPECT_THAT(refusal({"--config", file.c_str()}),
              testing::StartsWith(file + ":1:1: \"frobnicate\" is no key (allowed: target, url"));
  test_support::write_file(file, "[replay]\nspeed = 60\n[run]\nspeed = \"max\"\n");
  EXPECT_EQ(parsed({"--config", file.c_str(), "replay", "f"}).milli_speed, 60'000);
  EXPECT_EQ(parsed({"--config", file.c_str()}).at_once, true);
  test_support::write_file(file, "rate = \"fast\"\n");
  EXPECT_THAT(refusal({"--config", file.c_str()}),
              testing::HasSubstr(":1:8: rate: \"fast\" is no rate"));
  EXPECT_NE(refusal({"--config", "/does/not/exist"}), "no error");
}

TEST(CommandLine, VariablesStandBetweenFileAndFlags) {
  ::setenv("KAPACITOR_UDF_GENERATOR_DB", "from_variable", 1);
  ::setenv("KAPACITOR_UDF_GENERATOR_RATE", "fast", 1);
  EXPECT_THAT(refusal({}),
              testing::StartsWith("KAPACITOR_UDF_GENERATOR_RATE: \"fast\" is no rate"));
  ::unsetenv("KAPACITOR_UDF_GENERATOR_RATE");
  EXPECT_EQ(parsed({}).database, "from_variable");
  EXPECT_EQ(parsed({"--db", "x"}).database, "x");
  ::unsetenv("KAPACITOR_UDF_GENERATOR_DB");
}

TEST(CommandLine, ProgressIsShownEverywhereIfItIsAskedFor) {
  EXPECT_EQ(parsed({}).progress, 1s);
  EXPECT_FALSE(parsed({}).progress_everywhere);
  EXPECT_TRUE(parsed({"--progress", "20ms"}).progress_everywhere);
  EXPECT_EQ(parsed({"--progress", "off"}).progress, 0s);
  EXPECT_EQ(parsed({"-q"}).progress, 0s);
}

TEST(CommandLine, StartAndEndMayBeRelative) {
  const auto s = parsed({"--start", "-1h", "--end", "now"});
  EXPECT_EQ(s.start->at(7'200'000'000'000), 3'600'000'000'000);
  EXPECT_EQ(s.end->at(5), 5);
  EXPECT_TRUE(s.bounded());
}

TEST(CommandLine, RateAndIntervalExcludeEachOther) {
  EXPECT_NE(refusal({"--rate", "5", "--interval", "1s"}), "no error");
}

}  // namespace
}  // namespace kapacitor::generator
