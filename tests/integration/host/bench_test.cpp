#include <algorithm>
#include <string>

#include <gtest/gtest.h>

#include "host_program.hpp"
#include "support/child.hpp"

// The measuring itself is measured by nobody: these say that what it reports belongs together.
namespace kapacitor::udf::host {
namespace {

using nlohmann::json;

/// bench with a report, and short rounds.
class bench_run {
 public:
  explicit bench_run(std::vector<std::string> words) {
    words.insert(words.begin(), {std::string(KAPACITOR_UDF_BIN) + "/kapacitor-udf-host", "bench"});
    words.insert(words.end(), {"--json", dir_ / "report.json"});
    if (std::find(words.begin(), words.end(), "--duration") == words.end()) {
      words.insert(words.end(), {"--duration", "100ms"});
    }
    test_support::child child(std::move(words),
                              test_support::child_streams{"/dev/null", dir_ / "out", dir_ / "err"});
    code = child.wait(std::chrono::seconds(100)).value_or(-1);
    out = test_support::read_file(dir_ / "out");
    err = test_support::read_file(dir_ / "err");
    report = json::parse(test_support::read_file(dir_ / "report.json"), nullptr, false);
  }

  int code = -1;
  std::string out, err;
  json report;

 private:
  test_support::temp_dir dir_;
};

const std::vector<std::string> averaging = {"--opt", "field=value", "--opt", "size=10"};

std::vector<std::string> with_options(std::vector<std::string> words) {
  words.insert(words.end(), averaging.begin(), averaging.end());
  return words;
}

TEST(HostBench, RefusesWhatKapacitorWouldRefuseWhenTheTaskIsDefined) {
  const bench_run b(with_options({"--exec", function("moving_average"), "--opt", "alpha=0.1"}));
  EXPECT_EQ(b.code, 1) << b.err;
  EXPECT_NE(b.err.find("moving_average: no method or property \\\"alpha\\\""), std::string::npos)
      << b.err;
}

TEST(HostBench, CountsAnAnswerToEachPoint) {
  const bench_run b(
      with_options({"--exec", function("moving_average"), "--vs-echo", "--rounds", "2"}));
  ASSERT_EQ(b.code, 0) << b.err;
  ASSERT_EQ(b.report["targets"].size(), 2u);
  for (const auto& target : b.report["targets"]) {
    ASSERT_EQ(target["full_speed"].size(), 2u);
    for (const auto& round : target["full_speed"]) {
      EXPECT_GT(round["points"], 0);
      EXPECT_EQ(round["answers_per_point"], 1.0);
      EXPECT_GT(round["rate"], 0);
      EXPECT_GT(round["cpu_per_point"], 0);
      EXPECT_GT(round["peak_memory"], 0);
    }
  }
  EXPECT_NE(b.out.find("moving_average / echo: "), std::string::npos) << b.out;
}

TEST(HostBench, FindsTheAnswersOfAPacedStreamByTheirTimes) {
  const bench_run b(with_options({"--exec", function("moving_average"), "--rate", "2000",
                                  "--rounds", "1", "--connections", "3"}));
  ASSERT_EQ(b.code, 0) << b.err;
  const auto& round = b.report["targets"][0]["paced"][0]["rounds"][0];
  EXPECT_EQ(round["sent"], 200);
  EXPECT_EQ(round["answered"], 200);
  EXPECT_GT(round["p50"], 0);
  EXPECT_LE(round["p50"], round["p99"]);
  EXPECT_LE(round["p99"], round["max"]);
}

TEST(HostBench, MeasuresBatches) {
  const bench_run b({"--exec", function("identity_batch"), "--batch-points", "50", "--groups", "5",
                     "--rate", "max", "--rate", "5000", "--rounds", "1"});
  ASSERT_EQ(b.code, 0) << b.err;
  EXPECT_EQ(b.report["targets"][0]["full_speed"][0]["answers_per_point"], 1.0);
  const auto& paced = b.report["targets"][0]["paced"][0]["rounds"][0];
  EXPECT_EQ(paced["sent"], 10);
  EXPECT_EQ(paced["answered"], 10);
}

TEST(HostBench, SharesASocketAmongConnectionsAndSplitsWrites) {
  const bench_run b(with_options({"--exec", function("moving_average"), "--connections", "4",
                                  "--split-writes", "--rounds", "1"}));
  ASSERT_EQ(b.code, 0) << b.err;
  const auto& round = b.report["targets"][0]["full_speed"][0];
  EXPECT_EQ(round["answers_per_point"], 1.0);
  EXPECT_LE(round["slowest_connection"], 1.0);
}

TEST(HostBench, TakesASnapshotAndRestoresIt) {
  const bench_run b(with_options({"--exec", function("moving_average"), "--snapshot", "--groups",
                                  "1000", "--rounds", "1", "--idle", "100ms"}));
  ASSERT_EQ(b.code, 0) << b.err;
  const auto& target = b.report["targets"][0];
  EXPECT_GT(target["snapshots"][0]["bytes"], 100'000);
  EXPECT_GT(target["snapshots"][0]["restore"], 0);
  EXPECT_TRUE(target.contains("idle_wakeups"));
  EXPECT_GT(target["start"][0], 0);
}

TEST(HostBench, WantsTheKindOfStreamThatTheFunctionWants) {
  const bench_run batch({"--exec", function("outliers"), "--opt", "field=value"});
  EXPECT_EQ(batch.code, 2);
  EXPECT_NE(batch.err.find("outliers wants batches: use --batch-points N"), std::string::npos)
      << batch.err;
  const bench_run single(
      with_options({"--exec", function("moving_average"), "--batch-points", "10"}));
  EXPECT_EQ(single.code, 2);
  EXPECT_NE(single.err.find("--batch-points: moving_average wants single points"),
            std::string::npos);
}

TEST(HostBench, NamesTheTargetThatFails) {
  const bench_run gone({"--exec", function("identity"), "--vs", "echo no such thing >&2; exit 3"});
  EXPECT_EQ(gone.code, 1);
  EXPECT_NE(gone.err.find("echo: the UDF closed the connection; it said: no such thing"),
            std::string::npos)
      << gone.err;
  const bench_run nobody({"--socket", "/nowhere/x.sock"});
  EXPECT_EQ(nobody.code, 2);
  EXPECT_NE(nobody.err.find("cannot connect to the socket /nowhere/x.sock"), std::string::npos);
}

TEST(HostBench, DoesNotReportATargetThatDiesMeanwhile) {
  bench_run b(
      {"--exec", "timeout -s KILL 2 " + function("identity"), "--duration", "5s", "--rounds", "1"});
  EXPECT_EQ(b.code, 1) << b.out;
  EXPECT_NE(b.err.find("the UDF closed the connection"), std::string::npos) << b.err;
}

TEST(HostBench, SaysWhyATaskIsRefused) {
  const bench_run b({"--exec", function("moving_average"), "--opt", "field=value"});
  EXPECT_EQ(b.code, 1);
  EXPECT_NE(b.err.find("size is required"), std::string::npos) << b.err;
}

}  // namespace
}  // namespace kapacitor::udf::host
