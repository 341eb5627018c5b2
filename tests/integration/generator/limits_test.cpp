#include <optional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "generator_run.hpp"
#include "support/influxd.hpp"

namespace generator_test {
namespace {

using test_support::influxd;
using testing::HasSubstr;

/// The generator beside real InfluxDBs with users or limits.
class LimitsTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!influxd::installed()) GTEST_SKIP() << influxd::missing;
  }
  int run_with(std::vector<std::string> flags) {
    flags.insert(flags.end(), {"--url", db->url(), "--subscribe", "off"});
    run.emplace(flags);
    return run->exit_code();
  }
  std::string secret(const std::string& text) const {
    test_support::write_file(folder / text, text);
    return folder / text;
  }

  test_support::temp_dir folder;
  std::optional<influxd> db;
  std::optional<generator_run> run;
};

TEST_F(LimitsTest, WhoMayNotWriteIsToldSo) {
  db.emplace(influxd::sections{"  auth-enabled = true\n"});
  db->ask("CREATE USER root WITH PASSWORD 'rootpw' WITH ALL PRIVILEGES");
  const std::string as_root = "&u=root&p=rootpw";
  db->ask("CREATE DATABASE demo", as_root);
  db->ask("CREATE USER reader WITH PASSWORD 'readerpw'", as_root);
  db->ask("GRANT READ ON demo TO reader", as_root);
  db->ask("CREATE USER writer WITH PASSWORD 'writerpw'", as_root);
  db->ask("GRANT WRITE ON demo TO writer", as_root);
  const std::vector<std::string> few{"--points", "20"};
  const auto as = [&](const std::string& user, const std::string& password) {
    auto flags = few;
    flags.insert(flags.end(), {"--user", user, "--password-file", secret(password)});
    return run_with(flags);
  };
  EXPECT_EQ(as("root", "rootpw"), 0) << run->err();
  EXPECT_EQ(as("writer", "writerpw"), 0) << run->err();
  EXPECT_EQ(run_with(few), 4);
  EXPECT_TRUE(run->said("401 unable to parse authentication credentials")) << run->err();
  EXPECT_EQ(as("root", "wrong"), 4);
  EXPECT_TRUE(run->said("401 authorization failed")) << run->err();
  EXPECT_EQ(as("reader", "readerpw"), 4);
  EXPECT_TRUE(run->said("403 ")) << run->err();
  EXPECT_EQ(run->err().find("readerpw"), std::string::npos);
}

TEST_F(LimitsTest, ABodyThatIsTooLargeIsHalvedUntilItFits) {
  db.emplace(influxd::sections{"  max-body-size = 100000\n"});
  EXPECT_EQ(run_with({"--points", "20k", "--speed", "max"}), 0) << run->err();
  EXPECT_TRUE(run->said("requests too large, sending fewer points"));
  EXPECT_EQ(run->number("accepted"), 20'000);
  EXPECT_GE(run->report()["requests_by_status"]["413"], 1);
  EXPECT_THAT(db->ask("SELECT count(value) FROM sensors", "&db=demo"), HasSubstr("20000]"));
}

TEST_F(LimitsTest, SeriesBeyondTheLimitAreRejectedAndEndTheRunIfTheyAreTooMany) {
  db.emplace(influxd::sections{"", "  max-series-per-database = 50\n"});
  EXPECT_EQ(run_with({"--series", "60", "--points", "60", "--max-errors", "100"}), 1);
  // InfluxDB 1.6 calls it "limit exceeded", 1.13 "exceeded".
  EXPECT_TRUE(run->said("max-series-per-database ")) << run->err();
  EXPECT_EQ(run->number("generated"), 60);
  EXPECT_TRUE(run->adds_up());
  EXPECT_EQ(run_with({"--series", "60", "--interval", "1ms", "--max-errors", "100"}), 1);
  EXPECT_TRUE(run->said("points were rejected, more than --max-errors 100 allows")) << run->err();
  EXPECT_TRUE(run->adds_up());
  EXPECT_GT(run->number("rejected"), 100);
}

TEST_F(LimitsTest, ACacheThatIsFullIsWaitedFor) {
  db.emplace(influxd::sections{
      "", "  cache-max-memory-size = 200000\n  cache-snapshot-memory-size = 100000\n"});
  EXPECT_EQ(run_with({"--points", "8k", "--speed", "max", "--batch", "1000", "--retry-initial",
                      "20ms", "--retry-max", "200ms"}),
            0)
      << run->err();
  EXPECT_TRUE(run->said("status=500 error=\"engine: cache-max-memory-size exceeded")) << run->err();
  EXPECT_EQ(run->number("accepted"), 8'000);
  EXPECT_THAT(db->ask("SELECT count(value) FROM sensors", "&db=demo"), HasSubstr("8000]"));
}

TEST_F(LimitsTest, DatagramsAreStored) {
  const auto port = std::to_string(test_support::free_port());
  db.emplace(influxd::sections{"", "",
                               "[[udp]]\n  enabled = true\n  bind-address = \"127.0.0.1:" + port +
                                   "\"\n  database = \"demo\"\n  batch-timeout = \"50ms\"\n"});
  db->ask("CREATE DATABASE demo");
  generator_run udp(
      {"--target", "udp", "--url", "udp://127.0.0.1:" + port, "--rate", "2k", "--points", "400"});
  EXPECT_EQ(udp.exit_code(), 0) << udp.err();
  EXPECT_EQ(udp.number("accepted"), 400);
  EXPECT_TRUE(test_support::eventually([&] {
    return db->ask("SELECT count(value) FROM sensors", "&db=demo").find(",400]") !=
           std::string::npos;
  })) << db->ask("SELECT count(value) FROM sensors", "&db=demo");
}

}  // namespace
}  // namespace generator_test
