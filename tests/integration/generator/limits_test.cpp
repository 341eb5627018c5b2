#include <optional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "generator_run.hpp"
#include "special_influxd.hpp"

namespace generator_test {
namespace {

using testing::HasSubstr;

/// The generator beside real InfluxDBs with users or limits.
class LimitsTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!test_support::on_path("influxd")) GTEST_SKIP() << "influxd is not installed";
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
  std::optional<special_influxd> db;
  std::optional<generator_run> run;
};

TEST_F(LimitsTest, WhoMayNotWriteIsToldSo) {
  db.emplace(special_influxd::sections{"  auth-enabled = true\n"});
  db->query("CREATE USER root WITH PASSWORD 'rootpw' WITH ALL PRIVILEGES");
  const std::string as_root = "&u=root&p=rootpw";
  db->query("CREATE DATABASE demo", as_root);
  db->query("CREATE USER reader WITH PASSWORD 'readerpw'", as_root);
  db->query("GRANT READ ON demo TO reader", as_root);
  db->query("CREATE USER writer WITH PASSWORD 'writerpw'", as_root);
  db->query("GRANT WRITE ON demo TO writer", as_root);
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
  db.emplace(special_influxd::sections{"  max-body-size = 100000\n"});
  EXPECT_EQ(run_with({"--points", "20k", "--speed", "max"}), 0) << run->err();
  EXPECT_TRUE(run->said("finds requests too large: sending at most "));
  EXPECT_EQ(run->number("accepted"), 20'000);
  EXPECT_GE(run->report()["requests_by_status"]["413"], 1);
  EXPECT_THAT(db->query("SELECT count(value) FROM sensors", "&db=demo"), HasSubstr("20000]"));
}

TEST_F(LimitsTest, SeriesBeyondTheLimitAreRejectedAndEndTheRunIfTheyAreTooMany) {
  db.emplace(special_influxd::sections{"", "  max-series-per-database = 50\n"});
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
  db.emplace(special_influxd::sections{
      "", "  cache-max-memory-size = 200000\n  cache-snapshot-memory-size = 100000\n"});
  EXPECT_EQ(run_with({"--points", "8k", "--speed", "max", "--batch", "1000", "--retry-initial",
                      "20ms", "--retry-max", "200ms"}),
            0)
      << run->err();
  EXPECT_TRUE(run->said("500 engine: cache-max-memory-size exceeded")) << run->err();
  EXPECT_EQ(run->number("accepted"), 8'000);
  EXPECT_THAT(db->query("SELECT count(value) FROM sensors", "&db=demo"), HasSubstr("8000]"));
}

TEST_F(LimitsTest, DatagramsAreStored) {
  const auto port = std::to_string(test_support::free_port());
  db.emplace(
      special_influxd::sections{"", "",
                                "[[udp]]\n  enabled = true\n  bind-address = \"127.0.0.1:" + port +
                                    "\"\n  database = \"demo\"\n  batch-timeout = \"50ms\"\n"});
  db->query("CREATE DATABASE demo");
  generator_run udp(
      {"--target", "udp", "--url", "udp://127.0.0.1:" + port, "--rate", "2k", "--points", "400"});
  EXPECT_EQ(udp.exit_code(), 0) << udp.err();
  EXPECT_EQ(udp.number("accepted"), 400);
  EXPECT_TRUE(test_support::eventually([&] {
    return db->query("SELECT count(value) FROM sensors", "&db=demo").find(",400]") !=
           std::string::npos;
  })) << db->query("SELECT count(value) FROM sensors", "&db=demo");
}

}  // namespace
}  // namespace generator_test
