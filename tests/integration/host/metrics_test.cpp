#include <csignal>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host_program.hpp"
#include "support/http.hpp"
#include "support/influxd.hpp"

// --metrics of kapacitor-udf-host.
namespace kapacitor::udf::host {
namespace {

using test_support::eventually;
using test_support::http;
using test_support::influxd;
using ::testing::HasSubstr;
using ::testing::Not;

/// Whether each of these lines is among the metrics, sooner or later.
testing::AssertionResult says(const host_program& host, const std::vector<std::string>& lines) {
  std::string text;
  const bool all = eventually([&] {
    text = http(host.metrics_port(), "GET /metrics").body;
    return std::all_of(lines.begin(), lines.end(), [&](const std::string& line) {
      return text.find("\nkapacitor_udf_host_" + line + "\n") != std::string::npos;
    });
  });
  return all ? testing::AssertionSuccess() : testing::AssertionFailure() << text;
}

TEST(HostMetrics, CountWhatBecomesOfThePointsWhileItRuns) {
  if (!influxd::installed()) GTEST_SKIP() << influxd::missing;
  influxd db;
  host_program host({"run", "--exec", function("moving_average"), "--opt", "field=x", "--opt",
                     "size=3", "--measurement", "m", "--listen", "127.0.0.1:0", "--out-influxdb",
                     db.url() + "/out", "--metrics", "127.0.0.1:0"});
  const auto write = [&](const std::string& lines) {
    return http(host.port(), "POST /write?db=in", lines).status;
  };
  EXPECT_EQ(write(some_lines(100) + "other x=1 1\n"), 204);
  EXPECT_EQ(write("m x=\n"), 400);
  EXPECT_TRUE(
      says(host, {"points_received_total 101", "points_filtered_total 1", "points_sent_total 100",
                  "points_answered_total 100", "points_stored_total 100",
                  "points_waiting{to=\"influxdb\"} 0", "groups 1"}));
  EXPECT_EQ(http(host.metrics_port(), "GET /readyz").status, 200);
  EXPECT_THAT(http(host.metrics_port(), "GET /status.json").body, HasSubstr("\"stored\": 100"));
  db.stop();
  EXPECT_EQ(write(some_lines(10, 3, 1000)), 204);
  EXPECT_TRUE(says(host, {"points_answered_total 110", "points_waiting{to=\"influxdb\"} 10"}));
  db.start();
  EXPECT_TRUE(says(host, {"points_stored_total 110", "points_waiting{to=\"influxdb\"} 0"}));
  EXPECT_THAT(http(host.metrics_port(), "GET /metrics").body,
              Not(HasSubstr("kapacitor_udf_host_retries_total 0\n")));
  host.signal(SIGTERM);
  EXPECT_NE(host.wait(), -1) << host.err();
}

TEST(HostMetrics, AreThereForARecordingAsWell) {
  test_support::temp_dir dir;
  host_program host(
      {"record", dir / "r.lp", "--listen", "127.0.0.1:0", "--metrics", "127.0.0.1:0"});
  EXPECT_EQ(http(host.port(), "POST /write?db=in", some_lines(7)).status, 204);
  EXPECT_TRUE(says(host, {"points_received_total 7"}));
  host.signal(SIGTERM);
  EXPECT_EQ(host.wait(), 0) << host.err();
}

TEST(HostMetrics, NeedAPortThatIsFreeBeforeAnythingBegins) {
  host_program host({"run", "--exec", function("identity"), "--metrics", "192.0.2.1:9"},
                    "m x=1 1\n");
  EXPECT_EQ(host.wait(), 2);
  EXPECT_THAT(host.err(), HasSubstr("--metrics: "));
  EXPECT_EQ(host.out(), "");
}

}  // namespace
}  // namespace kapacitor::udf::host
