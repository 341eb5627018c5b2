#include <csignal>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "generator_run.hpp"
#include "support/influxd.hpp"

namespace generator_test {
namespace {

using test_support::influxd;
using testing::HasSubstr;

/// The generator beside a real InfluxDB, one for all these tests.
class InfluxdbTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (influxd::installed()) db = new influxd;
  }
  static void TearDownTestSuite() {
    delete db;
    db = nullptr;
  }
  void SetUp() override {
    if (!db) GTEST_SKIP() << influxd::missing;
  }

  std::vector<std::string> to(const std::string& database, std::vector<std::string> flags) const {
    flags.insert(flags.end(), {"--url", db->url(), "--db", database, "--subscribe", "off"});
    return flags;
  }

  static influxd* db;
};
influxd* InfluxdbTest::db = nullptr;

TEST_F(InfluxdbTest, CreatesTheDatabaseAndStoresExactlyWhatWasAccepted) {
  generator_run run(to("plain", {"--rate", "10k", "--duration", "1s"}));
  EXPECT_EQ(run.exit_code(), 0);
  EXPECT_EQ(run.number("accepted"), 10'000);
  EXPECT_EQ(db->count("plain", "sensors", "value"), 10'000);
  EXPECT_EQ(db->count("plain", "sensors", "on"), 10'000);
}

TEST_F(InfluxdbTest, TakesEveryLineOfADryRun) {
  for (const auto* scenario : {"sensors", "pulse", "host"}) {
    generator_run run({"--dry-run", "--scenario", scenario, "--duration", "200ms", "--interval",
                       "1ms", "--measurement", "odd name,=\\x\""});
    if (std::string(scenario) == "host") {
      EXPECT_EQ(run.exit_code(), 2);
      continue;
    }
    EXPECT_EQ(run.exit_code(), 0);
    db->create(scenario);
    const auto answer = db->write(scenario, run.out());
    EXPECT_EQ(answer.status, 204) << answer.body;
    const auto rows = db->query("SELECT count(value) FROM /.*/", scenario);
    EXPECT_EQ(rows["results"][0]["series"][0]["name"], "odd name,=\\x\"");
    EXPECT_EQ(rows["results"][0]["series"][0]["values"][0][1], run.number("accepted"));
  }
}

TEST_F(InfluxdbTest, TakesThisMachinesLoad) {
  generator_run run(
      to("machine", {"--scenario", "host", "--interval", "200ms", "--duration", "1s"}));
  EXPECT_EQ(run.exit_code(), 0);
  EXPECT_EQ(db->count("machine", "load", "load1"), 5);
  EXPECT_EQ(db->count("machine", "mem", "used_percent"), 5);
  EXPECT_EQ(run.number("rejected"), 0);
}

TEST_F(InfluxdbTest, ShowsInfluxdbsOwnWordsForAPartialWrite) {
  db->create("typed");
  ASSERT_EQ(db->write("typed", "sensors,host=m000,kind=pump,site=north value=\"text\"").status,
            204);
  generator_run run(to("typed", {"--points", "40", "--interval", "10ms"}));
  EXPECT_EQ(run.exit_code(), 1);
  EXPECT_THAT(run.err(), HasSubstr("error=\"partial write: field type conflict: input field "
                                   "\\\"value\\\" on measurement \\\"sensors\\\" is type float, "
                                   "already exists as type string dropped="));
  EXPECT_TRUE(run.adds_up());
  EXPECT_GT(run.number("rejected"), 0);
  EXPECT_EQ(db->count("typed", "sensors", "count"), run.number("accepted"));
}

TEST_F(InfluxdbTest, CountsPointsBeyondTheRetentionPolicy) {
  db->query("CREATE DATABASE short WITH DURATION 1h NAME brief");
  generator_run run(to("short", {"--rp", "brief", "--points", "100", "--interval", "1ms", "--start",
                                 "2001-01-01T00:00:00Z"}));
  EXPECT_EQ(run.exit_code(), 1);
  // InfluxDB 1.6 and 1.13 say it in other words.
  EXPECT_TRUE(run.said("points beyond retention policy") ||
              run.said("points outside retention policy"))
      << run.err();
  EXPECT_EQ(run.number("rejected"), 100);
  EXPECT_TRUE(run.adds_up());
}

TEST_F(InfluxdbTest, UnknownRetentionPolicyEndsTheRun) {
  generator_run run(to("policy", {"--rp", "zz"}));
  EXPECT_EQ(run.exit_code(), 4);
  EXPECT_TRUE(run.said("500 retention policy not found: zz"));
  EXPECT_TRUE(run.adds_up());
}

TEST_F(InfluxdbTest, MissingDatabaseEndsTheRunWhereItMayNotBeCreated) {
  generator_run run(to("nowhere", {"--no-create-db"}));
  EXPECT_EQ(run.exit_code(), 4);
  EXPECT_TRUE(run.said("database not found: \"nowhere\""));
}

TEST_F(InfluxdbTest, DatabaseDroppedInTheMiddleIsCreatedAgain) {
  generator_run run(to("fleeting", {"--rate", "400", "--duration", "2s"}));
  ASSERT_TRUE(
      test_support::eventually([&] { return db->count("fleeting", "sensors", "value") >= 100; }));
  db->query("DROP DATABASE fleeting");
  EXPECT_EQ(run.exit_code(), 0);
  EXPECT_TRUE(run.said("creating it again"));
  EXPECT_EQ(run.number("accepted"), 800);
  EXPECT_GT(db->count("fleeting", "sensors", "value"), 100);
}

TEST_F(InfluxdbTest, DatabaseDroppedUnderSeveralConnectionsIsCreatedAgain) {
  generator_run run(to(
      "vanishing", {"--rate", "400", "--duration", "2s", "--connections", "4", "--threads", "2"}));
  ASSERT_TRUE(
      test_support::eventually([&] { return db->count("vanishing", "sensors", "value") >= 100; }));
  db->query("DROP DATABASE vanishing");
  EXPECT_EQ(run.exit_code(), 0) << run.err();
  EXPECT_TRUE(run.said("creating it again"));
  EXPECT_EQ(run.number("accepted"), 800);
}

TEST_F(InfluxdbTest, ReadsTheTimesOfEveryPrecision) {
  for (const std::string unit : {"ns", "u", "us", "ms", "s"}) {
    generator_run run(to("precise", {"--precision", unit, "--points", "20", "--start",
                                     "2024-01-01T00:00:00Z", "--measurement", unit}));
    EXPECT_EQ(run.exit_code(), 0) << run.err();
    const auto rows = db->query("SELECT value FROM \"" + unit + "\" LIMIT 1", "precise");
    EXPECT_EQ(rows["results"][0]["series"][0]["values"][0][0], 1'704'067'200'000'000'000) << unit;
  }
}

TEST_F(InfluxdbTest, TakesCompressedRequestsAndSeveralConnections) {
  generator_run run(
      to("zipped", {"--points", "20k", "--interval", "1ms", "--speed", "max", "--start", "-1h",
                    "--gzip", "6", "--connections", "3", "--threads", "2"}));
  EXPECT_EQ(run.exit_code(), 0) << run.err();
  EXPECT_EQ(run.number("accepted"), 20'000);
  EXPECT_EQ(db->count("zipped", "sensors", "value"), 20'000);
}

TEST_F(InfluxdbTest, ABucketThatIsNotThereIsRefused) {
  generator_run run(to("v2", {"--api", "v2", "--org", "o", "--bucket", "b", "--points", "20"}));
  EXPECT_EQ(run.exit_code(), 4);
  EXPECT_TRUE(run.said("refuses our points: 404")) << run.err();
  EXPECT_TRUE(run.adds_up());
}

TEST_F(InfluxdbTest, FillsThePastUpToNow) {
  generator_run run(to("past", {"--start", "-10m", "--end", "now", "--speed", "max"}));
  EXPECT_EQ(run.exit_code(), 0) << run.err();
  EXPECT_EQ(run.number("accepted"), 600 * 20);
  EXPECT_EQ(db->count("past", "sensors", "value"), 600 * 20);
}

TEST_F(InfluxdbTest, CtrlCSendsWhatIsLeftAndEndsWell) {
  for (const int number : {SIGINT, SIGTERM}) {
    const auto database = "interrupted" + std::to_string(number);
    generator_run run(to(database, {"--rate", "1k"}));
    ASSERT_TRUE(
        test_support::eventually([&] { return db->count(database, "sensors", "value") > 500; }));
    run.signal(number);
    EXPECT_EQ(run.exit_code(), 0);
    EXPECT_TRUE(run.adds_up());
    EXPECT_EQ(run.number("unsent"), 0);
    EXPECT_TRUE(run.said("generated "));
    EXPECT_EQ(db->count(database, "sensors", "value"), run.number("accepted"));
  }
}

TEST_F(InfluxdbTest, TakesEveryLineOfEveryPreset) {
  for (const auto* scenario :
       {"devops", "iot", "vibration", "sine", "square", "chirp", "cardinality", "stress"}) {
    generator_run run(to(scenario, {"--scenario", scenario, "--speed", "max", "--points", "20k",
                                    "--connections", "2", "--batch", "700"}));
    EXPECT_EQ(run.exit_code(), 0) << run.err();
    EXPECT_GT(run.number("accepted"), 15'000) << scenario;
  }
  const auto rows = db->query("SELECT count(usage_user) FROM cpu", "devops");
  EXPECT_NEAR(rows["results"][0]["series"][0]["values"][0][1].get<double>(), 20'000 / 9., 10);
}

TEST_F(InfluxdbTest, LabelsLieOnPointsThatWereStored) {
  test_support::temp_dir folder;
  generator_run run(to("labelled", {"--speed", "max", "--points", "20k", "--connections", "3",
                                    "--labels", folder / "l"}));
  EXPECT_EQ(run.exit_code(), 0);
  std::ifstream labels(folder / "l");
  int count = 0;
  for (std::string line; std::getline(labels, line) && count < 10; ++count) {
    const auto label = nlohmann::json::parse(line);
    const std::string start = label["start_ns"].dump(), end = label["end_ns"].dump();
    const std::string host = label["tags"]["host"];
    const auto rows = db->query("SELECT value FROM sensors WHERE host = '" + host +
                                    "' AND time >= " + start + " AND time <= " + end,
                                "labelled")["results"][0]["series"][0]["values"];
    ASSERT_FALSE(rows.empty());
    EXPECT_EQ(rows.front()[0].dump(), start);
    EXPECT_EQ(rows.back()[0].dump(), end);
  }
  EXPECT_EQ(count, 10);
}

}  // namespace
}  // namespace generator_test
