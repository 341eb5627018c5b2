#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "generator_run.hpp"
#include "support/influxd.hpp"

namespace generator_test {
namespace {

using test_support::influxd;
using testing::HasSubstr;

/// `generator replay` of files that the test writes.
class ReplayTest : public testing::Test {
 protected:
  std::string file(const std::string& name, const std::string& text) const {
    std::ofstream(folder / name) << text;
    return folder / name;
  }
  static std::vector<std::string> lines(const std::string& text) {
    std::vector<std::string> all;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) all.push_back(line);
    return all;
  }
  test_support::temp_dir folder;
};

TEST_F(ReplayTest, SendsACsvWithItsColumnsAsTheyAreMapped) {
  const auto path = file("load.csv",
                         "time,host,load,users,note\n"
                         "2024-01-01T00:00:10Z,a,0.5,3,\"busy, \"\"very\"\"\"\n"
                         "2024-01-01T00:00:00Z,b,0.25,1,\n");
  generator_run run({"replay", path, "--dry-run", "--speed", "max", "--tag", "host", "--field",
                     "load,users:int=logins,note:string", "--measurement", "machines"});
  EXPECT_EQ(run.exit_code(), 0) << run.err();
  EXPECT_EQ(run.out(),
            "machines,host=b load=0.25,logins=1i 1704067200000000000\n"
            "machines,host=a load=0.5,logins=3i,note=\"busy, \\\"very\\\"\" 1704067210000000000\n");
}

TEST_F(ReplayTest, KeepsTheDistancesAtItsSpeedAndBeginsNow) {
  const auto path = file("p.txt", "m v=1 0\nm v=2 30000000000\nm v=3 60000000000\n");
  const auto before = std::chrono::system_clock::now().time_since_epoch().count();
  const auto started = std::chrono::steady_clock::now();
  generator_run run({"replay", path, "--dry-run", "--speed", "60", "--rebase", "now"});
  EXPECT_EQ(run.exit_code(), 0) << run.err();
  EXPECT_GE(std::chrono::steady_clock::now() - started, std::chrono::milliseconds(990));
  const auto got = lines(run.out());
  ASSERT_EQ(got.size(), 3U);
  const auto time = [&](std::size_t i) { return std::stoll(got[i].substr(got[i].rfind(' '))); };
  EXPECT_EQ(time(2) - time(0), 60'000'000'000);
  EXPECT_GE(time(0), before);
}

TEST_F(ReplayTest, GoesOnAgainAndAgainUntilItsLimit) {
  const auto path = file("p.txt", "m v=1 1000\nm v=2 2000\n");
  generator_run run({"replay", path, "--dry-run", "--speed", "max", "--loop", "--points", "5"});
  EXPECT_EQ(run.exit_code(), 0) << run.err();
  EXPECT_EQ(run.out(), "m v=1 1000\nm v=2 2000\nm v=1 3000\nm v=2 4000\nm v=1 5000\n");
}

TEST_F(ReplayTest, GivesTheWindowsOfNabAsLabels) {
  const auto path = file("art.csv",
                         "timestamp,value\n2014-04-01 00:00:00,1\n2014-04-01 00:05:00,9\n"
                         "2014-04-01 00:10:00,1\n");
  const auto windows = file("windows.json",
                            R"({"x/art.csv": [["2014-04-01 00:05:00.000000",
                                               "2014-04-01 00:05:00.000000"]]})");
  generator_run run({"replay", path, "--target", "null", "--speed", "max", "--nab-windows", windows,
                     "--labels", folder / "labels.jsonl"});
  EXPECT_EQ(run.exit_code(), 0) << run.err();
  EXPECT_EQ(run.number("accepted"), 3);
  const auto rows = lines(test_support::read_file(folder / "labels.jsonl"));
  ASSERT_EQ(rows.size(), 1U);
  const auto row = nlohmann::json::parse(rows[0]);
  EXPECT_EQ(row["measurement"], "art");
  EXPECT_EQ(row["start_ns"], 1396310700000000000);
  EXPECT_EQ(row["end_ns"], 1396310700000000000);
}

TEST_F(ReplayTest, SaysWhereAFileIsWrongBeforeAnythingIsSent) {
  const auto path = file("p.txt", "m v=1 1000\nm v=one 2000\n");
  generator_run run({"replay", path, "--dry-run", "--speed", "max"});
  EXPECT_EQ(run.exit_code(), 2);
  EXPECT_EQ(run.out(), "");
  EXPECT_THAT(run.err(), HasSubstr(path + ":2: "));
}

TEST_F(ReplayTest, StoresEveryPointOverSeveralConnections) {
  if (!influxd::installed()) GTEST_SKIP() << influxd::missing;
  influxd db;
  std::string text;
  for (int i = 0; i < 3000; ++i) {
    text += "m,host=h" + std::to_string(i % 7) + " v=" + std::to_string(i) + " " +
            std::to_string(1'700'000'000'000'000'000 + i * 1'000'000LL) + "\n";
  }
  generator_run run({"replay", file("p.txt", text), "--speed", "max", "--connections", "3",
                     "--batch", "100", "--url", db.url(), "--db", "again", "--subscribe", "off"});
  EXPECT_EQ(run.exit_code(), 0) << run.err();
  EXPECT_EQ(run.number("accepted"), 3000);
  EXPECT_EQ(db.count("again", "m", "v"), 3000);
}

TEST_F(ReplayTest, ReadsWhatKapacitorRecordedOfOneDatabase) {
  const std::string path = KAPACITOR_UDF_TEST_DATA "/replay/kapacitor.srpl";
  generator_run both({"replay", path, "--dry-run", "--speed", "max"});
  EXPECT_EQ(both.exit_code(), 2);
  EXPECT_THAT(both.err(),
              HasSubstr("has points of d.r, d2.r2: choose with --from-db and --from-rp"));
  generator_run one({"replay", path, "--dry-run", "--speed", "max", "--from-db", "d"});
  EXPECT_EQ(one.exit_code(), 0) << one.err();
  const auto got = lines(one.out());
  EXPECT_EQ(one.number("accepted"), 3);
  ASSERT_EQ(got.size(), 4U) << "one has a line break within a string";
  EXPECT_EQ(got[0], "m x=1000 1700000000000000001");
  EXPECT_THAT(got[1], testing::StartsWith("m,t=a\\ b,u=x\\,y\\=z b=true,"));
}

TEST_F(ReplayTest, EndsWithASummaryIfItsFileIsTruncatedMeanwhile) {
  std::string text;
  for (int i = 0; i < 5000; ++i) text += "m v=1 " + std::to_string(i) + "000000\n";
  const auto path = file("p.lp", text);
  generator_run run({"replay", path, "--target", "null"});
  ASSERT_TRUE(run.says("of 1970"));
  std::filesystem::resize_file(path, 0);
  EXPECT_EQ(run.exit_code(), 1);
  EXPECT_TRUE(run.said("p.lp: was shortened while it was read")) << run.err();
  EXPECT_TRUE(run.said("generated ")) << run.err();
}

TEST_F(ReplayTest, WarnsOfTimesInTheFutureAndOfPointsThatOverwriteEachOther) {
  const auto path = file("x.csv",
                         "time,host,value\n2024-05-01T00:00:00Z,a,1\n2024-05-01T00:00:00Z,b,2\n"
                         "2024-05-02T00:00:00Z,b,2\n");
  generator_run run({"replay", path, "--dry-run", "--speed", "max", "--rebase", "now"});
  EXPECT_EQ(run.exit_code(), 0) << run.err();
  EXPECT_TRUE(run.said("points will have times in the future")) << run.err();
  EXPECT_TRUE(run.said(" ahead=")) << run.err();
  EXPECT_TRUE(run.said("InfluxDB keeps the last of each points=1 of=3")) << run.err();
  generator_run tagged({"replay", path, "--dry-run", "--speed", "max", "--tag", "host"});
  EXPECT_FALSE(tagged.said("InfluxDB keeps the last")) << tagged.err();
  EXPECT_FALSE(tagged.said("future")) << tagged.err();
}

}  // namespace
}  // namespace generator_test
