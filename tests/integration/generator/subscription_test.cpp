#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "generator_run.hpp"
#include "kapacitord.hpp"
#include "support/influxd.hpp"
#include "support/scripted_server.hpp"

namespace generator_test {
namespace {

using test_support::scripted_server;

using request = scripted_server::request;
using test_support::influxd;

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
  EXPECT_TRUE(run.said("subscribed db=demo rp=autogen subscription=\"kapacitor-x (to " +
                       kapacitor->url() + ")\""));
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

TEST_F(SubscriptionTest, ARealKapacitorGetsTheFirstPointOfANewDatabase) {
  if (!kapacitord::installed()) GTEST_SKIP() << "kapacitord is not installed";
  const kapacitord real(db->url());
  real.watch("sensors");
  generator_run run(flags({"--kapacitor-url", real.url(), "--subscribe", "require"}));
  EXPECT_EQ(run.exit_code(), 0);
  EXPECT_TRUE(run.said("subscribed db=demo rp=autogen subscription=\"kapacitor-"));
  EXPECT_TRUE(real.saw(100)) << real.graph();
}

TEST_F(SubscriptionTest, ARealKapacitorGetsEachPointOfBothOnce) {
  if (!kapacitord::installed()) GTEST_SKIP() << "kapacitord is not installed";
  const kapacitord real(db->url());
  real.watch("sensors");
  generator_run run(flags({"--target", "both", "--kapacitor-url", real.url()}));
  EXPECT_EQ(run.exit_code(), 0) << run.err();
  EXPECT_TRUE(real.saw(100)) << real.graph();
  EXPECT_EQ(db->count("demo", "sensors", "value"), 100);
  const auto report = run.report();
  for (const auto& a : report["accounts"]) EXPECT_EQ(a["accepted"], 100);
}

TEST_F(SubscriptionTest, ARealKapacitorGetsWhatIsWrittenToIt) {
  if (!kapacitord::installed()) GTEST_SKIP() << "kapacitord is not installed";
  const kapacitord real(db->url());
  real.watch("sensors");
  generator_run run({"--target", "kapacitor", "--kapacitor-url", real.url(), "--points", "400",
                     "--interval", "10ms", "--connections", "3", "--gzip", "1", "--precision",
                     "u"});
  EXPECT_EQ(run.exit_code(), 0) << run.err();
  EXPECT_TRUE(real.saw(400)) << real.graph();
}

TEST_F(SubscriptionTest, WarnsThatASubscriberOfBothGetsItAllTwice) {
  const scripted_server kapacitor([](const request&) { return scripted_server::no_content(); });
  db->create("demo");
  subscribe("kapacitor-y", "http://127.0.0.1:9");
  generator_run run(flags({"--target", "both", "--kapacitor-url", kapacitor.url()}));
  EXPECT_EQ(run.exit_code(), 0) << run.err();
  EXPECT_TRUE(run.said("its tasks see each point twice"));
}

}  // namespace
}  // namespace generator_test
