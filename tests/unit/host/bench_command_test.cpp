#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/text/error.hpp"
#include "bench/command.hpp"
#include "support/parse_words.hpp"

namespace kapacitor::udf::host::bench {
namespace {

using test_support::parse_words;
using words = std::vector<std::string>;

bench_settings parse(const words& given) {
  arguments a;
  parse_words(command(a), given);
  return settings_of(a);
}

std::string error_of(const words& given) {
  try {
    parse(given);
  } catch (const usage_error& e) {
    return e.what();
  }
  return "none";
}

TEST(BenchCommand, MeasuresAsFastAsItCanByDefault) {
  const auto s = parse({"--socket", "/run/x/moving_average.sock"});
  ASSERT_EQ(s.targets.size(), 1u);
  EXPECT_EQ(s.targets[0].name, "moving_average");
  EXPECT_TRUE(s.full_speed);
  EXPECT_TRUE(s.rates.empty());
  EXPECT_EQ(s.shape.groups, 100u);
}

TEST(BenchCommand, TakesAnyNumberOfPeers) {
  const auto s = parse(
      {"--exec", "./ewma --fast", "--vs", "./moving_avg", "--vs-socket", "/s/b.sock", "--vs-echo"});
  ASSERT_EQ(s.targets.size(), 4u);
  EXPECT_EQ(s.targets[0].name, "ewma");
  EXPECT_EQ(s.targets[1].where, "./moving_avg");
  EXPECT_EQ(s.targets[2].how, target::kind::socket);
  EXPECT_EQ(s.targets[3].how, target::kind::echo);
  // The floor is that of the same kind of connection.
  EXPECT_TRUE(s.targets[3].echo_by_pipe);
  EXPECT_FALSE(parse({"--socket", "/s/a.sock", "--vs-echo"}).targets[1].echo_by_pipe);
}

TEST(BenchCommand, TellsTargetsOfTheSameNameApart) {
  const auto s = parse({"--socket", "/s/ewma.sock", "--vs", "kapacitor-udfd --stdio ewma"});
  EXPECT_EQ(s.targets[0].name, "ewma");
  EXPECT_EQ(s.targets[1].name, "ewma(2)");
}

TEST(BenchCommand, MeasuresOnlyWhatIsAskedFor) {
  EXPECT_FALSE(parse({"--exec", "./a", "--rate", "1000"}).full_speed);
  const auto both =
      parse({"--exec", "./a", "--rate", "max", "--rate", "1000", "--rate", "20000.5"});
  EXPECT_TRUE(both.full_speed);
  EXPECT_EQ(both.rates, (std::vector<double>{1000, 20000.5}));
  EXPECT_FALSE(parse({"--exec", "./a", "--snapshot"}).full_speed);
  EXPECT_FALSE(parse({"--exec", "./a", "--idle", "3s"}).full_speed);
}

TEST(BenchCommand, NamesTheFlagThatIsWrongAndWhatIsAllowed) {
  EXPECT_EQ(error_of({}), "one of --socket PATH and --exec COMMAND is needed");
  EXPECT_EQ(error_of({"--socket", "a", "--exec", "b"}),
            "--socket and --exec are both given: leave out the one that the UDF is not at");
  EXPECT_EQ(error_of({"--exec", "./a", "--groups", "0"}),
            "--groups: must be at least 1, got \"0\"");
  EXPECT_EQ(error_of({"--exec", "./a", "--rounds", "0"}),
            "--rounds: must be at least 1, got \"0\"");
  EXPECT_EQ(
      error_of({"--exec", "./a", "--rate", "fast"}),
      "--rate: \"fast\" is no rate: write points per second such as 0.5, 100 or 10k, at most 1G");
  EXPECT_EQ(
      error_of({"--exec", "./a", "--rate", "0"}),
      "--rate: \"0\" is no rate: write points per second such as 0.5, 100 or 10k, at most 1G");
  EXPECT_EQ(error_of({"--exec", "./a", "--duration", "0s"}),
            "--duration: must be more than 0, got \"0s\"");
  EXPECT_EQ(error_of({"--exec", "./a", "--field-type", "text"}),
            "--field-type: \"text\" is none of double, int, string, bool, mixed");
}

}  // namespace
}  // namespace kapacitor::udf::host::bench
