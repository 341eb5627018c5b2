#include <csignal>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host_program.hpp"
#include "support/influxd.hpp"

namespace kapacitor::udf::host {
namespace {

using test_support::influxd;
using ::testing::HasSubstr;

struct HostWithInfluxDB : ::testing::Test {
  std::unique_ptr<influxd> db;

  void SetUp() override {
    if (!influxd::installed()) GTEST_SKIP() << influxd::missing;
    db = std::make_unique<influxd>();
  }
  std::string subscriptions() const { return db->query("SHOW SUBSCRIPTIONS").dump(); }
};

TEST_F(HostWithInfluxDB, IsSubscribedAndWritesBack) {
  host_program host({"run",
                     "--exec",
                     function("moving_average"),
                     "--opt",
                     "field=x",
                     "--opt",
                     "size=3",
                     "--group-by",
                     "host",
                     "--listen",
                     "127.0.0.1:0",
                     "--influxdb",
                     db->url(),
                     "--db",
                     "in",
                     "--out-influxdb",
                     db->url() + "/out",
                     "--out-measurement",
                     "smooth",
                     "--out-tag",
                     "by=test",
                     "--until-idle",
                     "1s"});
  ASSERT_TRUE(test_support::eventually(
      [&] { return subscriptions().find("kapacitor-udf-host-127.0.0.1-") != std::string::npos; }));
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(db->write("in", some_lines(200, 4, 1 + 200 * i)).status, 204);
  }
  ASSERT_EQ(host.wait(), 0) << host.err();
  const auto s = host.summary();
  EXPECT_EQ(s["received"], 2000);
  EXPECT_EQ(s["sent"], 2000);
  EXPECT_EQ(s["emitted"], 2000);
  EXPECT_EQ(s["stored"], 2000);
  EXPECT_EQ(db->count("out", "smooth", "avg"), 2000);
  EXPECT_THAT(db->query("SHOW TAG KEYS", "out").dump(), HasSubstr("\"by\""));
  EXPECT_THAT(subscriptions(), ::testing::Not(HasSubstr("kapacitor-udf-host")));
}

TEST_F(HostWithInfluxDB, RemovesTheSubscriptionOnASignalAndOnFailure) {
  host_program host({"run", "--exec", function("identity"), "--listen", "127.0.0.1:0", "--influxdb",
                     db->url(), "--db", "in"});
  ASSERT_TRUE(test_support::eventually(
      [&] { return subscriptions().find("kapacitor-udf-host") != std::string::npos; }));
  host.signal(SIGTERM);
  EXPECT_EQ(host.wait(), 0) << host.err();
  EXPECT_THAT(subscriptions(), ::testing::Not(HasSubstr("kapacitor-udf-host")));

  host_program failing({"run", "--exec", std::string(KAPACITOR_UDF_FAULTY_UDF) + " error-response",
                        "--listen", "127.0.0.1:0", "--influxdb", db->url(), "--db", "in"});
  ASSERT_TRUE(test_support::eventually(
      [&] { return subscriptions().find("kapacitor-udf-host") != std::string::npos; }));
  db->write("in", "m x=1 1");
  EXPECT_EQ(failing.wait(), 1);
  EXPECT_THAT(subscriptions(), ::testing::Not(HasSubstr("kapacitor-udf-host")));
}

TEST_F(HostWithInfluxDB, LosesNothingWhereInfluxDBIsRestarted) {
  host_program host({"run", "--exec", function("identity"), "--listen", "127.0.0.1:0",
                     "--out-influxdb", db->url() + "/out", "--batch", "50", "--log-level",
                     "debug"});
  const auto port = host.port();
  ASSERT_NE(port, 0);
  test_support::http(port, "POST /write?db=d", some_lines(500));
  ASSERT_TRUE(test_support::eventually([&] { return db->count("out", "m", "x") == 500; }));
  db->stop();
  EXPECT_EQ(test_support::http(port, "POST /write?db=d", some_lines(500, 3, 1000)).status, 204);
  EXPECT_TRUE(test_support::eventually(
      [&] { return host.err().find("keeping points and trying again") != std::string::npos; }));
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  db->start();
  EXPECT_EQ(test_support::http(port, "POST /write?db=d", some_lines(500, 3, 2000)).status, 204);
  host.signal(SIGTERM);
  ASSERT_EQ(host.wait(), 0) << host.err();
  EXPECT_EQ(host.summary()["stored"], 1500);
  EXPECT_GE(host.summary()["retries"], 1);
  EXPECT_EQ(db->count("out", "m", "x"), 1500);
}

TEST_F(HostWithInfluxDB, CountsWhatStaysBehindWhereInfluxDBDoesNotComeBack) {
  host_program host({"run", "--exec", function("identity"), "--listen", "127.0.0.1:0",
                     "--out-influxdb", db->url() + "/out", "--shutdown-timeout", "300ms"});
  ASSERT_NE(host.port(), 0);
  db->stop();
  test_support::http(host.port(), "POST /write?db=d", some_lines(500));
  host.signal(SIGTERM);
  EXPECT_EQ(host.wait(), 3);
  EXPECT_EQ(host.summary()["lost"], 500);
  EXPECT_THAT(host.summary()["lost_reasons"].dump(),
              HasSubstr("has not taken our points for too long"));
}

TEST_F(HostWithInfluxDB, ShowsWhatInfluxDBRefuses) {
  db->create("out");
  db->write("out", "m x=\"text\" 1");
  host_program host({"run", "--exec", function("identity"), "--out-influxdb", db->url() + "/out"},
                    "m x=1 2\nm y=1 3\nm x=2 4\n");
  EXPECT_EQ(host.wait(), 1);
  EXPECT_EQ(host.summary()["stored"], 1);
  EXPECT_EQ(host.summary()["lost"], 2);
  EXPECT_THAT(host.err(), HasSubstr("field type conflict"));
  EXPECT_EQ(db->count("out", "m", "y"), 1);
}

TEST_F(HostWithInfluxDB, SaysWhereTheRetentionPolicyIsMissing) {
  host_program host({"run", "--exec", function("identity"), "--out-influxdb", db->url() + "/out",
                     "--out-rp", "nope"},
                    "m x=1 1\n");
  EXPECT_EQ(host.wait(), 4);
  EXPECT_THAT(host.err(), HasSubstr("the database out has no retention policy nope"));
}

TEST_F(HostWithInfluxDB, ReplacesASubscriptionThatWasLeftBehind) {
  const auto port = std::to_string(test_support::free_port());
  db->create("in");
  db->query("CREATE SUBSCRIPTION \"kapacitor-udf-host-127.0.0.1-" + port +
            "\" ON \"in\".\"autogen\" DESTINATIONS ALL 'http://127.0.0.1:" + port + "'");
  host_program host({"run", "--exec", function("identity"), "--listen", "127.0.0.1:" + port,
                     "--influxdb", db->url(), "--db", "in", "--until-idle", "300ms"});
  ASSERT_TRUE(test_support::eventually([&] {
    return host.err().find("subscribed db=in") != std::string::npos;
  })) << host.err();
  db->write("in", "m x=1 1");
  EXPECT_EQ(host.wait(), 0) << host.err();
  EXPECT_EQ(host.summary()["received"], 1);
}

TEST_F(HostWithInfluxDB, RemovesWhatAKilledRunHasLeftBehind) {
  db->create("in");
  const auto start = [&] {
    return std::make_unique<host_program>(
        std::vector<std::string>{"run", "--exec", function("identity"), "--listen", "127.0.0.1:0",
                                 "--influxdb", db->url(), "--db", "in"});
  };
  const auto subscribed = [](const host_program& host) {
    return test_support::eventually(
        [&] { return host.err().find("subscribed db=in") != std::string::npos; });
  };
  auto killed = start();
  auto alive = start();
  ASSERT_TRUE(subscribed(*killed) && subscribed(*alive));
  killed->signal(SIGKILL);
  killed->wait();
  const auto left = "127.0.0.1-" + std::to_string(killed->port());
  ASSERT_THAT(subscriptions(), HasSubstr(left));
  auto next = start();
  ASSERT_TRUE(subscribed(*next));
  EXPECT_THAT(subscriptions(), ::testing::Not(HasSubstr(left)));
  EXPECT_THAT(subscriptions(), HasSubstr("127.0.0.1-" + std::to_string(alive->port())));
  EXPECT_THAT(next->err(), HasSubstr("removed a subscription that was left behind"));
}

TEST_F(HostWithInfluxDB, SaysThatItCreatesTheDatabaseItWasToReadFrom) {
  db->create("telegraf");
  host_program host({"run", "--exec", function("identity"), "--listen", "127.0.0.1:0", "--influxdb",
                     db->url(), "--db", "telegarf", "--duration", "100ms"});
  EXPECT_EQ(host.wait(), 0) << host.err();
  EXPECT_THAT(host.err(), HasSubstr("warning database created, as there was none of that name "
                                    "db=telegarf"));
  EXPECT_THAT(host.err(), HasSubstr("did you mean telegraf?"));
}

}  // namespace
}  // namespace kapacitor::udf::host
