#include <csignal>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "generator_run.hpp"

namespace generator_test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

TEST(Program, UnknownFlagIsOneLineAndExitCode2) {
  generator_run run({"--frobnicate"});
  EXPECT_EQ(run.exit_code(), 2);
  EXPECT_EQ(run.err(),
            "kapacitor-udf-generator: \"--frobnicate\" is no flag of kapacitor-udf-generator "
            "(--help lists them)\n");
  EXPECT_EQ(run.out(), "");
}

TEST(Program, HelpAndVersionGoToStdout) {
  generator_run help({"--help"}), version({"--version"});
  EXPECT_EQ(help.exit_code(), 0);
  EXPECT_THAT(help.out(), HasSubstr("--rate POINTS/S"));
  EXPECT_EQ(version.exit_code(), 0);
  EXPECT_THAT(version.out(), StartsWith("kapacitor-udf-generator "));
}

TEST(Program, ReportThatCannotBeWrittenIsSeenBeforeTheRun) {
  generator_run run({"--dry-run", "--summary", "/does/not/exist/report.json"});
  EXPECT_EQ(run.exit_code(), 2);
}

TEST(Program, DryRunWritesItsPointsAndNothingElseToStdout) {
  generator_run run({"--dry-run", "--points", "1000", "--start", "2024-01-01T00:00:00Z"});
  EXPECT_EQ(run.exit_code(), 0);
  std::istringstream lines(run.out());
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count)
    ASSERT_THAT(line, StartsWith("sensors,"));
  EXPECT_EQ(count, 1000);
  EXPECT_EQ(run.number("accepted"), 1000);
  EXPECT_TRUE(run.said("generated 1000 = accepted 1000 + rejected 0 + dropped 0 + unsent 0"));
}

TEST(Program, DryRunIsTheSameWhateverTheBatchAndTheSpeed) {
  const std::vector<std::string> common{
      "--dry-run", "--points", "4000", "--rate", "20k", "--start", "2024-01-01T00:00:00Z"};
  auto slow = common, small = common;
  slow.insert(slow.end(), {"--speed", "real"});
  small.insert(small.end(), {"--batch", "1"});
  generator_run a(common), b(slow), c(small);
  EXPECT_EQ(a.exit_code() + b.exit_code() + c.exit_code(), 0);
  EXPECT_EQ(a.out(), b.out());
  EXPECT_EQ(a.out(), c.out());
}

TEST(Program, AReaderThatLeavesEndsItQuietly) {
  const auto command = std::string(KAPACITOR_UDF_BIN) +
                       "/kapacitor-udf-generator --dry-run --points 1000000 -q 2>&1 | head -n 1 | "
                       "wc -l; exit ${PIPESTATUS[0]}";
  test_support::temp_dir folder;
  test_support::child shell({"bash", "-c", command}, {"", folder / "out", ""});
  EXPECT_EQ(shell.wait(), 0);
  EXPECT_EQ(test_support::read_file(folder / "out"), "1\n");
}

TEST(Program, AFullDiskIsAFailedRun) {
  test_support::temp_dir folder;
  const auto command =
      std::string(KAPACITOR_UDF_BIN) + "/kapacitor-udf-generator --dry-run --points 9 > /dev/full";
  test_support::child shell({"bash", "-c", command}, {"", "", folder / "err"});
  EXPECT_EQ(shell.wait(), 1);
  EXPECT_THAT(test_support::read_file(folder / "err"), HasSubstr("No space left on device"));
}

TEST(Program, LabelsThatCannotBeWrittenAreAFailedRun) {
  generator_run run({"--dry-run", "--points", "20k", "--labels", "/dev/full"});
  EXPECT_EQ(run.exit_code(), 1);
  EXPECT_TRUE(run.said("--labels: cannot write /dev/full: No space left on device"));
  EXPECT_EQ(run.number("accepted"), 20'000);
}

TEST(Program, ARateBeyondTheNanosecondIsRefusedBeforeAnythingIsSent) {
  generator_run run({"--url", "http://127.0.0.1:9", "--rate", "900G", "--series", "1"});
  EXPECT_EQ(run.exit_code(), 2);
  EXPECT_TRUE(run.said("--rate: \"900G\" is no rate"));
}

TEST(Program, CtrlCWhileWaitingForTheServerEndsIt) {
  generator_run run({"--url", "http://127.0.0.1:9"});
  ASSERT_TRUE(run.says("at_most=30s error=\"Connection refused\""));
  run.signal(SIGINT);
  EXPECT_EQ(run.exit_code(), 0);
}

/// Writes to a pipe that somebody holds open and nobody reads.
class HungTest : public testing::Test {
 protected:
  void start(const std::string& flags) {
    const auto command = "mkfifo " + (folder / "pipe") + " && exec 3<>" + (folder / "pipe") +
                         " && exec " KAPACITOR_UDF_BIN
                         "/kapacitor-udf-generator --dry-run --speed max --progress 10ms " +
                         flags + " >&3 3>&-";
    shell.emplace(std::vector<std::string>{"bash", "-c", command},
                  test_support::child_streams{"", "", folder / "err"});
    ASSERT_TRUE(said("progress elapsed="));
  }
  bool said(const char* text) const {
    return test_support::eventually(
        [&] { return test_support::read_file(folder / "err").find(text) != std::string::npos; });
  }

  test_support::temp_dir folder;
  std::optional<test_support::child> shell;
};

TEST_F(HungTest, ASecondSignalEndsItEvenInTheMiddleOfAWrite) {
  start("--shutdown-timeout 1m");
  shell->signal(SIGINT);
  ASSERT_TRUE(said("stopping"));
  shell->signal(SIGINT);
  EXPECT_EQ(shell->wait(), 130);
  EXPECT_TRUE(said("in the middle of a write that hangs"));
}

TEST_F(HungTest, OneSignalEndsItAfterTheTimeItHas) {
  start("--shutdown-timeout 10ms");
  shell->signal(SIGTERM);
  EXPECT_EQ(shell->wait(), 1);
  EXPECT_TRUE(said("in the middle of a write that hangs"));
}

TEST(Program, CommandsThatReadFilesAreKnown) {
  generator_run run({"replay"});
  EXPECT_EQ(run.exit_code(), 2);
  EXPECT_TRUE(run.said("FILE is missing"));
}

TEST(Program, PacesItsPointsInRealTime) {
  generator_run run({"--dry-run", "--speed", "real", "--rate", "1k", "--duration", "1s"});
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(run.exit_code(), 0);
  const auto elapsed = std::chrono::steady_clock::now() - start;
  EXPECT_GE(elapsed, std::chrono::milliseconds(950));
  EXPECT_EQ(run.number("generated"), 1000);
}

TEST(Program, HostScenarioShowsThisMachine) {
  generator_run run(
      {"--dry-run", "--scenario", "host", "--interval", "100ms", "--duration", "300ms"});
  EXPECT_EQ(run.exit_code(), 0);
  for (const auto* start : {"cpu,cpu=cpu-total,host=", "mem,host=", "load,host=", "net,host="}) {
    EXPECT_THAT(run.out(), HasSubstr(start));
  }
}

TEST(Program, WarnsOfPointsOfASeriesThatHaveTheSameTime) {
  generator_run run({"--dry-run", "--points", "2", "--interval", "500ms", "--precision", "s"});
  EXPECT_EQ(run.exit_code(), 0) << run.err();
  EXPECT_TRUE(run.said("InfluxDB keeps the last of each overwritten=50% interval=500ms"))
      << run.err();
}

}  // namespace
}  // namespace generator_test
