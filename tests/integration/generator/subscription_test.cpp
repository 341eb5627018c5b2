#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <support/influxd.hpp>

#include "generator_run.hpp"
#include "scripted_server.hpp"

namespace generator_test {
namespace {

using request = scripted_server::request;
using test_support::child;
using test_support::influxd;
using testing::HasSubstr;

/// A real InfluxDB, and somebody who wants its points.
class SubscriptionTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!influxd::installed()) GTEST_SKIP() << influxd::missing;
    db.emplace();
  }
  std::vector<std::string> flags(std::vector<std::string> more) const {
    more.insert(more.end(), {"--url", db->url(), "--points", "100", "--interval", "20ms"});
    return more;
  }
  void subscribe(const std::string& name, const std::string& to) const {
    db->query("CREATE SUBSCRIPTION \"" + name + "\" ON \"demo\".\"autogen\" DESTINATIONS ALL '" +
              to + "'");
  }
  static std::size_t points_in(const std::vector<request>& requests) {
    std::size_t lines = 0;
    for (const auto& r : requests) {
      if (r.target.find("/write") == std::string::npos) continue;
      lines += static_cast<std::size_t>(std::count(r.body.begin(), r.body.end(), '\n'));
    }
    return lines;
  }

  std::optional<influxd> db;
};

TEST_F(SubscriptionTest, HasKapacitorSubscribedBeforeTheFirstPoint) {
  std::optional<scripted_server> kapacitor;
  kapacitor.emplace([&](const request& r) {
    if (r.target == "POST /kapacitor/v1/subscriptions") subscribe("kapacitor-x", kapacitor->url());
    return scripted_server::no_content();
  });
  generator_run run(flags({"--kapacitor-url", kapacitor->url()}));
  EXPECT_EQ(run.exit_code(), 0);
  EXPECT_TRUE(run.said("demo.autogen is subscribed by kapacitor-x (to " + kapacitor->url() + ")"));
  EXPECT_TRUE(test_support::eventually([&] { return points_in(kapacitor->requests()) == 100; }))
      << points_in(kapacitor->requests()) << " of 100 points arrived";
}

TEST_F(SubscriptionTest, SaysThatThereIsNoKapacitorAndGoesOn) {
  generator_run run(flags({"--kapacitor-url", "http://127.0.0.1:9"}));
  EXPECT_EQ(run.exit_code(), 0);
  EXPECT_TRUE(run.said("no Kapacitor at http://127.0.0.1:9 (Connection refused)"));
}

TEST_F(SubscriptionTest, EndsWithoutTheKapacitorThatIsRequired) {
  generator_run run(flags({"--kapacitor-url", "http://127.0.0.1:9", "--subscribe", "require"}));
  EXPECT_EQ(run.exit_code(), 3);
  EXPECT_EQ(db->count("demo", "sensors", "value"), 0);
}

TEST_F(SubscriptionTest, EndsWhereTheRequiredKapacitorCannotSubscribe) {
  const scripted_server kapacitor([&](const request& r) {
    return r.target.starts_with("POST")
               ? scripted_server::status("500 Internal Server Error",
                                         R"({"error":"failed to link subscriptions"})")
               : scripted_server::no_content();
  });
  generator_run run(flags({"--kapacitor-url", kapacitor.url(), "--subscribe", "require"}));
  EXPECT_EQ(run.exit_code(), 4);
  EXPECT_TRUE(run.said("failed to link subscriptions"));
}

TEST_F(SubscriptionTest, WaitsForAnySubscriber) {
  const scripted_server subscriber([](const request&) { return scripted_server::no_content(); });
  generator_run run(flags({"--subscribe", "off", "--wait-for-subscription", "20s"}));
  ASSERT_TRUE(test_support::eventually(
      [&] { return db->query("SHOW DATABASES").dump().find("demo") != std::string::npos; }));
  EXPECT_EQ(db->count("demo", "sensors", "value"), 0);
  subscribe("anybody", subscriber.url());
  EXPECT_EQ(run.exit_code(), 0);
  EXPECT_TRUE(test_support::eventually([&] { return points_in(subscriber.requests()) == 100; }))
      << points_in(subscriber.requests()) << " of 100 points arrived";
}

TEST_F(SubscriptionTest, EndsWhereNobodySubscribes) {
  generator_run run(flags({"--subscribe", "off", "--wait-for-subscription", "300ms"}));
  EXPECT_EQ(run.exit_code(), 3);
  EXPECT_TRUE(run.said("nobody has subscribed to demo.autogen within 300ms"));
}

/// A real Kapacitor whose own look for new databases is an hour away.
TEST_F(SubscriptionTest, ARealKapacitorGetsTheFirstPointOfANewDatabase) {
  if (!test_support::on_path("kapacitord")) GTEST_SKIP() << "kapacitord is not installed";
  test_support::temp_dir folder;
  const auto port = std::to_string(test_support::free_port());
  const auto dir = folder.path().string();
  test_support::write_file(
      folder / "kapacitor.conf",
      "hostname = \"127.0.0.1\"\ndata_dir = \"" + dir +
          "\"\n[http]\n  bind-address = \"127.0.0.1:" + port + "\"\n[replay]\n  dir = \"" + dir +
          "/replay\"\n[storage]\n  boltdb = \"" + dir + "/kapacitor.db\"\n[load]\n  dir = \"" +
          dir + "/load\"\n[reporting]\n  enabled = false\n" +
          "[[influxdb]]\n  enabled = true\n  name = \"default\"\n  default = true\n  urls = [\"" +
          db->url() + "\"]\n  subscriptions-sync-interval = \"1h\"\n");
  child kapacitord({"kapacitord", "-config", folder / "kapacitor.conf"},
                   {"", folder / "out", folder / "err"});
  const auto number = static_cast<std::uint16_t>(std::stoi(port));
  ASSERT_TRUE(test_support::eventually([&] {
    return test_support::http(number, "GET /kapacitor/v1/ping").status == 204;
  })) << test_support::read_file(folder / "err");
  const std::string task =
      R"json({"id":"all","type":"stream","dbrps":[{"db":"demo","rp":"autogen"}],"status":"enabled",)json"
      R"json("script":"stream\n    |from()\n        .measurement('sensors')\n    |log()"})json";
  ASSERT_EQ(test_support::http(number, "POST /kapacitor/v1/tasks", task,
                               "Content-Type: application/json\r\n")
                .status,
            200);
  generator_run run(
      flags({"--kapacitor-url", "http://127.0.0.1:" + port, "--subscribe", "require"}));
  EXPECT_EQ(run.exit_code(), 0);
  EXPECT_TRUE(run.said("demo.autogen is subscribed by kapacitor-"));
  const auto graph = [&] { return test_support::http(number, "GET /kapacitor/v1/tasks/all").body; };
  EXPECT_TRUE(test_support::eventually([&] {
    return graph().find(R"(log2 [processed=\"100\"])") != std::string::npos;
  })) << graph();
}

}  // namespace
}  // namespace generator_test
