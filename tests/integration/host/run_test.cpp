#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host_program.hpp"
#include "support/http.hpp"

namespace kapacitor::udf::host {
namespace {

using ::testing::HasSubstr;

TEST(HostRun, SendsAFileThroughAFunction) {
  host_program host(
      {"run", "--exec", function("moving_average"), "--opt", "field=x", "--opt", "size=2",
       "--group-by", "host", "--measurement", "m", "--db", "d", "--rp", "r"},
      "m,host=a x=1 1\nm,host=b x=5 2\nother x=1 3\nm,host=a x=2 4\n");
  ASSERT_EQ(host.wait(), 0) << host.err();
  const auto lines = host.lines();
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[2]["fields"]["avg"], 1.5);
  EXPECT_EQ(lines[2]["group"], "host=a");
  EXPECT_EQ(lines[2]["database"], "d");
  EXPECT_EQ(lines[2]["retention_policy"], "r");
  const auto s = host.summary();
  EXPECT_EQ(s["received"], 4);
  EXPECT_EQ(s["filtered"], 1);
  EXPECT_EQ(s["sent"], 3);
  EXPECT_EQ(s["emitted"], 3);
  EXPECT_EQ(s["written"], 3);
  EXPECT_EQ(s["lost"], 0);
  EXPECT_EQ(s["groups"], 2);
}

/// As function(), with the log line that it writes when it ends.
std::string talking(const std::string& name) {
  return std::string(KAPACITOR_UDF_BIN) + "/kapacitor-udfd --stdio " + name;
}

TEST(HostRun, SaysWhyThereIsNoAnswer) {
  host_program host({"run", "--exec", talking("moving_average"), "--opt", "field=usge", "--opt",
                     "size=2", "--group-by", "hots"},
                    some_lines(150));
  ASSERT_EQ(host.wait(), 0) << host.err();
  const auto s = host.summary();
  EXPECT_EQ(s["emitted"], 0);
  EXPECT_EQ(s["skipped"]["missing_field"], 150) << host.err();
  const std::string field = "option field=usge: no point has a field usge; they have x";
  const std::string tag = "--group-by hots: no point has a tag hots; they have host";
  EXPECT_EQ(s["warnings"], nlohmann::json::array({field, tag}));
  EXPECT_THAT(host.err(), HasSubstr("problem=\"" + field + "\""));
  EXPECT_THAT(host.err(), HasSubstr("no answer to 100 points: field 'usge' is in no point; they "
                                    "have x"));
  EXPECT_THAT(host.err(), HasSubstr("  skipped   150 by the UDF, without an answer\n"
                                    "    150 missing_field\n"));
  EXPECT_THAT(host.err(), HasSubstr("  no answer to 150 points\n  warning   " + field + "\n"));
}

TEST(HostRun, SaysHowManyGroupsTheUdfHasForgotten) {
  // Two groups, of which one is silent for a day; a third has no room.
  host_program host({"run", "--exec", talking("moving_average") + " --group-ttl 12h --max-groups 2",
                     "--opt", "field=x", "--opt", "size=2", "--group-by", "host"},
                    "m,host=a x=1 1000000000\n"
                    "m,host=b x=3 1000000000\n"
                    "m,host=a x=5 2000000000\n"
                    "m,host=b x=7 86402000000000\n"
                    "m,host=c x=9 2000000000\n");
  ASSERT_EQ(host.wait(), 0) << host.err();
  std::vector<double> means;
  for (const auto& line : host.lines()) means.push_back(line["fields"]["avg"]);
  EXPECT_THAT(means, testing::ElementsAre(1, 3, 3, 7, 9));
  const nlohmann::json forgotten{{"group_ttl", 1}, {"max_groups", 1}};
  EXPECT_EQ(host.summary()["groups_forgotten"], forgotten);
  EXPECT_THAT(host.err(), HasSubstr("  forgotten 2 groups, by the UDF\n"
                                    "    1 group_ttl\n    1 max_groups\n"));
}

TEST(HostRun, SaysWhichMeasurementsCameIfAllWereFiltered) {
  host_program host({"run", "--exec", function("identity"), "--measurement", "CPU"}, some_lines(3));
  ASSERT_EQ(host.wait(), 0) << host.err();
  EXPECT_EQ(host.summary()["warnings"],
            nlohmann::json::array({"--measurement CPU: none of 3 points is of it; they are of m"}));
}

TEST(HostRun, UsesASocket) {
  const test_support::temp_dir dir;
  host_program host({"run", "--socket", dir / "identity.sock", "--node", "n7"}, some_lines(1000));
  // The host is first: it waits, and says so.
  EXPECT_TRUE(test_support::eventually(
      [&] { return host.err().find("waiting for the socket") != std::string::npos; }));
  test_support::child server({std::string(KAPACITOR_UDF_BIN) + "/kapacitor-udfd", "--socket-dir",
                              dir.path().string(), "--function", "identity"});
  ASSERT_EQ(host.wait(), 0) << host.err();
  EXPECT_EQ(host.lines().size(), 1000u);
}

TEST(HostRun, SendsWindowsToABatchFunction) {
  host_program host(
      {"run", "--exec", function("identity_batch"), "--group-by", "host", "--window", "10s/10s"},
      some_lines(40, 2));
  ASSERT_EQ(host.wait(), 0) << host.err();
  const auto s = host.summary();
  EXPECT_EQ(s["batches_in"], s["batches_out"]);
  EXPECT_EQ(s["sent"], s["emitted"]);
  EXPECT_EQ(s["sent"].get<int>() + s["in_windows"].get<int>(), 40);
  const auto lines = host.lines();
  EXPECT_EQ(lines.front()["batch"], 1);
  EXPECT_EQ(lines.back()["end"], true);
}

TEST(HostRun, EmitsTheLastWindowWhenTheInputEnds) {
  host_program host(
      {"run", "--exec", function("aggregate"), "--opt", "aggregate=count,x", "--opt", "period=5s"},
      some_lines(20, 1, 0));
  ASSERT_EQ(host.wait(), 0) << host.err();
  const auto lines = host.lines();
  ASSERT_EQ(lines.size(), 4u) << host.out();
  for (const auto& line : lines) EXPECT_EQ(line["fields"]["x_count"], 5) << line;
}

TEST(HostRun, CountsBadLinesAndGoesOn) {
  host_program host({"run", "--exec", function("identity")}, "m x=1 1\nbad\nm x=2 2\n");
  EXPECT_EQ(host.wait(), 1);
  EXPECT_THAT(host.err(), HasSubstr("at=stdin:2 error=\"there is no field"));
  EXPECT_EQ(host.summary()["lost"], 1);
  EXPECT_EQ(host.summary()["emitted"], 2);
}

TEST(HostRun, PassesAHundredThousandPoints) {
  host_program host(
      {"run", "--exec", function("identity"), "--group-by", "*", "--output", "/dev/null"},
      some_lines(100000, 100));
  ASSERT_EQ(host.wait(), 0) << host.err();
  EXPECT_EQ(host.summary()["emitted"], 100000);
  EXPECT_EQ(host.summary()["groups"], 100);
}

TEST(HostRun, EndsAfterSoManyPoints) {
  host_program host({"run", "--exec", function("identity"), "--points", "10"}, some_lines(100));
  ASSERT_EQ(host.wait(), 0) << host.err();
  EXPECT_EQ(host.lines().size(), 10u);
}

TEST(HostRun, ContinuesFromItsSnapshot) {
  const test_support::temp_dir dir;
  const auto run = [&](const std::string& lines) {
    host_program host({"run", "--exec", function("moving_average"), "--opt", "field=x", "--opt",
                       "size=3", "--snapshot", dir / "snapshot", "--snapshot-at-end"},
                      lines);
    EXPECT_EQ(host.wait(), 0) << host.err();
    return std::pair(host.lines().back()["fields"]["avg"].get<double>(),
                     host.summary()["restored"].get<bool>());
  };
  EXPECT_EQ(run("m x=3 1\nm x=6 2\n"), std::pair(4.5, false));
  EXPECT_EQ(run("m x=9 3\n"), std::pair(6.0, true));
}

TEST(HostRun, TakesSnapshotsOnAnInterval) {
  const test_support::temp_dir dir;
  host_program host({"run", "--exec", function("moving_average"), "--opt", "field=x", "--opt",
                     "size=3", "--snapshot", dir / "snapshot", "--snapshot-interval", "20ms",
                     "--listen", "127.0.0.1:0"});
  ASSERT_NE(host.port(), 0);
  test_support::http(host.port(), "POST /write?db=d", "m x=1 1\n");
  EXPECT_TRUE(
      test_support::eventually([&] { return !test_support::read_file(dir / "snapshot").empty(); }));
  host.signal(SIGTERM);
  EXPECT_EQ(host.wait(), 0) << host.err();
  EXPECT_GE(host.summary()["snapshots"], 1);
}

TEST(HostRun, StopsInAnOrderlyWayOnASignal) {
  for (const int signal : {SIGINT, SIGTERM}) {
    host_program host({"run", "--exec", function("identity"), "--listen", "127.0.0.1:0"});
    ASSERT_NE(host.port(), 0);
    EXPECT_EQ(test_support::http(host.port(), "POST /write?db=d", some_lines(100)).status, 204);
    host.signal(signal);
    EXPECT_EQ(host.wait(), 0) << host.err();
    EXPECT_EQ(host.summary()["emitted"], 100);
  }
}

TEST(HostRun, StopsAtOnceWhereItStillWaitsForTheSocket) {
  host_program host({"run", "--socket", "/no/such.sock", "--connect-timeout", "60s"});
  EXPECT_TRUE(test_support::eventually(
      [&] { return host.err().find("waiting for the socket") != std::string::npos; }));
  host.signal(SIGINT);
  EXPECT_EQ(host.wait(), 0) << host.err();
}

TEST(HostRun, SaysWhereItsOutputCannotBeWritten) {
  host_program host({"run", "--exec", function("identity"), "--output", "/dev/full"},
                    some_lines(10));
  EXPECT_EQ(host.wait(), 1);
  EXPECT_THAT(host.err(), HasSubstr("No space left on device"));
  EXPECT_EQ(host.summary()["lost"], 10);
}

TEST(HostRun, WaitsForASlowReaderOfItsOutput) {
  const test_support::temp_dir dir;
  const auto pipe = dir / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  // Shorter than what the reader takes its time for: keepalives must go on meanwhile.
  host_program host({"run", "--exec", function("identity"), "--timeout", "200ms", "--output", pipe},
                    some_lines(30000));
  std::ifstream in(pipe);
  ::usleep(600'000);
  int lines = 0;
  for (std::string line; std::getline(in, line);) ++lines;
  EXPECT_EQ(host.wait(), 0) << host.err();
  EXPECT_EQ(lines, 30000);
  EXPECT_EQ(host.summary()["written"], 30000);
}

TEST(HostRun, NamesTheLineAndItsTextAndTheFile) {
  host_program host({"run", "--exec", function("identity")}, "m x=1 1\nm x=oops 2\n");
  EXPECT_EQ(host.wait(), 1);
  EXPECT_THAT(host.err(), HasSubstr("invalid line at=stdin:2 error="));
  EXPECT_THAT(host.err(), HasSubstr("line=\"m x=oops 2\""));
}

TEST(HostRun, CountsTheRowsOfATableThatAreNoPoints) {
  host_program host({"run", "--exec", function("identity"), "--measurement", "m"},
                    "time,v\n2024-05-01,1.5\n2024-05-02,NaN\n2024-05-03,\n2024-05-04,2\n");
  EXPECT_EQ(host.wait(), 0) << host.err();
  EXPECT_EQ(host.summary()["emitted"], 2);
  EXPECT_THAT(host.err(), HasSubstr("rows without fields are no points: their cells are empty, or "
                                    "stand for none file=stdin rows=2"));
}

TEST(HostRun, LeavesOutWhatKapacitorsTaskWouldDieOf) {
  host_program host({"run", "--exec", function("identity")}, "m,h=\xff x=1 1\nm x=2 2\n");
  EXPECT_EQ(host.wait(), 1);
  EXPECT_EQ(host.summary()["emitted"], 1);
  EXPECT_EQ(host.summary()["lost"], 1);
  EXPECT_THAT(host.err(), HasSubstr("at=stdin:1 error=\"byte 0xff at column 5 is no UTF-8"));
}

TEST(HostRun, SaysHowMuchOfAFileWasLeftWhenTheFunctionWentAway) {
  const test_support::temp_dir dir;
  test_support::write_file(dir / "in.lp", some_lines(300'000));
  host_program host({"run", "--exec", std::string(KAPACITOR_UDF_FAULTY_UDF) + " error-response",
                     "--input", dir / "in.lp"});
  EXPECT_EQ(host.wait(), 1);
  EXPECT_GT(host.summary()["unread_bytes"], 0);
  EXPECT_THAT(host.err(), HasSubstr(" bytes of the input, as the run ended before"));
}

TEST(HostRun, NamesMeasurementAndGroupOfAPointThatIsTooLarge) {
  const auto large = "m,host=a x=1,s=\"" + std::string(2'000'000, 's') + "\" 2\n";
  host_program udf(
      {"run", "--exec", function("identity") + " --max-message 1MiB", "--group-by", "host"},
      "m,host=b x=1 1\n" + large);
  EXPECT_EQ(udf.wait(), 1);
  EXPECT_THAT(udf.err(), HasSubstr("(--max-message), of measurement \\\"m\\\", of group "
                                   "\\\"host=a\\\""))
      << udf.err();
  host_program host({"run", "--exec", function("identity"), "--max-message", "1MiB"}, large);
  EXPECT_EQ(host.wait(), 1);
  EXPECT_THAT(host.err(), HasSubstr("a point of measurement \"m\", group"));
  EXPECT_EQ(host.summary()["lost"], 1);
}

}  // namespace
}  // namespace kapacitor::udf::host
