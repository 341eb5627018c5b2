#include <csignal>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "generator_run.hpp"
#include "support/influxd.hpp"

namespace generator_test {
namespace {

using test_support::influxd;

/// The generator beside an InfluxDB that comes and goes.
class OutageTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!influxd::installed()) GTEST_SKIP() << influxd::missing;
    db.emplace();
  }
  std::vector<std::string> flags(std::vector<std::string> more) const {
    more.insert(more.end(), {"--url", db->url(), "--subscribe", "off"});
    return more;
  }
  std::int64_t stored() const { return db->count("demo", "sensors", "value"); }
  static int times_said(const generator_run& run, const std::string& text) {
    int count = 0;
    const auto all = run.err();
    for (auto at = all.find(text); at != all.npos; at = all.find(text, at + 1)) ++count;
    return count;
  }

  std::optional<influxd> db;
};

TEST_F(OutageTest, WaitsForAServerThatIsDownAtTheStartAndLosesNothing) {
  db->stop();
  generator_run run(flags({"--rate", "1k", "--duration", "1s"}));
  ASSERT_TRUE(run.says("at_most=30s error=\"Connection refused\""));
  db->start();
  EXPECT_EQ(run.exit_code(), 0);
  EXPECT_EQ(times_said(run, "no answer yet, waiting"), 1);
  EXPECT_EQ(times_said(run, " answers target="), 1);
  EXPECT_EQ(run.number("accepted"), 1000);
  EXPECT_EQ(stored(), 1000);
}

TEST_F(OutageTest, EndsWhereTheServerNeverComes) {
  db->stop();
  generator_run run(flags({"--connect-timeout", "200ms"}));
  EXPECT_EQ(run.exit_code(), 3);
  EXPECT_TRUE(run.said("does not answer: Connection refused"));
}

TEST_F(OutageTest, LosesNothingWhenTheServerIsKilledAndRestarted) {
  generator_run run(flags({"--rate", "2k", "--duration", "3s"}));
  ASSERT_TRUE(test_support::eventually([&] { return stored() > 1000; }));
  db->kill();
  ASSERT_TRUE(run.says("keeping points and trying again"));
  db->start();
  EXPECT_EQ(run.exit_code(), 0);
  EXPECT_TRUE(run.said("points taken again"));
  EXPECT_EQ(times_said(run, "keeping points and trying again"), 1);
  EXPECT_EQ(run.number("generated"), 6000);
  EXPECT_EQ(run.number("accepted"), 6000);
  EXPECT_GE(run.number("retries"), 1);
  EXPECT_EQ(stored(), 6000);
}

TEST_F(OutageTest, LosesNothingOnAnyOfSeveralConnections) {
  generator_run run(flags({"--rate", "2k", "--duration", "3s", "--connections", "3", "--threads",
                           "2", "--retry-max", "300ms"}));
  ASSERT_TRUE(test_support::eventually([&] { return stored() > 500; }));
  db->kill();
  ASSERT_TRUE(run.says("keeping points and trying again"));
  db->start();
  EXPECT_EQ(run.exit_code(), 0);
  EXPECT_EQ(run.number("accepted"), 6000);
  EXPECT_GE(run.number("reconnects"), 3);
  EXPECT_EQ(stored(), 6000);
}

TEST_F(OutageTest, DoesNotWaitForAServerIfItIsToldNotTo) {
  db->stop();
  generator_run run(flags({"--connect-timeout", "0"}));
  EXPECT_EQ(run.exit_code(), 3);
  EXPECT_FALSE(run.said("waiting up to"));
}

TEST_F(OutageTest, DropsAndCountsWhatTheBacklogCannotHold) {
  generator_run run(
      flags({"--rate", "2k", "--duration", "3s", "--max-backlog", "500", "--batch", "100"}));
  ASSERT_TRUE(test_support::eventually([&] { return stored() > 200; }));
  db->kill();
  ASSERT_TRUE(run.says("dropping the oldest points"));
  db->start();
  EXPECT_EQ(run.exit_code(), 1);
  EXPECT_TRUE(run.adds_up());
  EXPECT_EQ(run.number("generated"), 6000);
  EXPECT_GT(run.number("dropped"), 0);
  EXPECT_EQ(stored(), run.number("accepted"));
}

TEST_F(OutageTest, GivesUpAfterItsTimeAndSaysWhatWasNotSent) {
  generator_run run(flags({"--rate", "1k", "--duration", "1s", "--max-retry-time", "1s"}));
  ASSERT_TRUE(test_support::eventually([&] { return stored() > 100; }));
  db->kill();
  EXPECT_EQ(run.exit_code(), 3);
  EXPECT_TRUE(run.adds_up());
  EXPECT_GT(run.number("unsent"), 0);
  EXPECT_TRUE(run.said("giving up"));
}

TEST_F(OutageTest, CtrlCDuringAnOutageEndsInTimeAndTells) {
  generator_run run(flags({"--rate", "1k", "--shutdown-timeout", "300ms"}));
  ASSERT_TRUE(test_support::eventually([&] { return stored() > 100; }));
  db->kill();
  ASSERT_TRUE(run.says("keeping points and trying again"));
  run.signal(SIGINT);
  EXPECT_EQ(run.exit_code(std::chrono::seconds(5)), 3);
  EXPECT_TRUE(run.adds_up());
  EXPECT_GT(run.number("unsent"), 0);
}

TEST_F(OutageTest, SecondSignalEndsItAtOnce) {
  generator_run run(flags({"--rate", "1k", "--shutdown-timeout", "1m"}));
  ASSERT_TRUE(test_support::eventually([&] { return stored() > 100; }));
  db->kill();
  ASSERT_TRUE(run.says("keeping points and trying again"));
  run.signal(SIGINT);
  ASSERT_TRUE(run.says("stopping"));
  run.signal(SIGINT);
  EXPECT_EQ(run.exit_code(std::chrono::seconds(5)), 130);
  EXPECT_TRUE(run.adds_up());
}

TEST_F(OutageTest, AServerThatHangsIsGivenUpOnAfterTheTimeout) {
  generator_run run(flags({"--rate", "1k", "--duration", "2s", "--timeout", "300ms"}));
  ASSERT_TRUE(test_support::eventually([&] { return stored() > 100; }));
  ::kill(db->pid(), SIGSTOP);
  EXPECT_TRUE(run.says("error=\"no answer within 300ms\""));
  ::kill(db->pid(), SIGCONT);
  EXPECT_EQ(run.exit_code(), 0);
  EXPECT_EQ(run.number("accepted"), 2000);
  EXPECT_EQ(stored(), 2000);
}

}  // namespace
}  // namespace generator_test
