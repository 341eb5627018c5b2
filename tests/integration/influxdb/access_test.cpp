#include <cstdlib>
#include <memory>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "both_programs.hpp"
#include "support/authority.hpp"
#include "support/influxd.hpp"
#include "support/scripted_server.hpp"

namespace influxdb_test {
namespace {

using kapacitor::udf::host::some_lines;
using test_support::authority;
using test_support::influxd;
using testing::HasSubstr;

/// A real InfluxDB that is spoken to over https only, and knows its users.
class SecuredInfluxdb : public testing::Test {
 protected:
  void SetUp() override {
    if (!influxd::installed()) GTEST_SKIP() << influxd::missing;
    if (!authority::possible()) GTEST_SKIP() << "openssl is not installed";
    ca = std::make_unique<authority>(folder);
    ca->sign("server", "IP:127.0.0.1,DNS:localhost");
    db = std::make_unique<influxd>(
        influxd::sections{ca->influxd_section("server") + "  auth-enabled = true\n"});
    ask("CREATE USER root WITH PASSWORD 'rootpw' WITH ALL PRIVILEGES");
    ask("CREATE DATABASE out", "root:rootpw");
    ask("CREATE USER reader WITH PASSWORD 'readerpw'", "root:rootpw");
    ask("GRANT READ ON out TO reader", "root:rootpw");
    ask("CREATE USER writer WITH PASSWORD 'writerpw'", "root:rootpw");
    ask("GRANT ALL ON out TO writer", "root:rootpw");
    test_support::write_file(folder / "writer", "writerpw\n");
    test_support::write_file(folder / "reader", "readerpw\n");
    test_support::write_file(folder / "wrong", "wrong\n");
    test_support::write_file(folder / "token", "writer:writerpw\n");
  }

  /// By the program curl, which speaks TLS. Returns: the answer's text.
  std::string ask(const std::string& query, const std::string& login = "") const {
    std::vector<std::string> words{"curl",
                                   "-sS",
                                   "--cacert",
                                   ca->certificate(),
                                   "-o",
                                   folder / "a",
                                   "--data-urlencode",
                                   "q=" + query,
                                   db->url("https") + "/query?db=out"};
    if (!login.empty()) words.insert(words.end(), {"-u", login});
    test_support::child curl(words, {"", "", folder / "curl.log"});
    EXPECT_EQ(curl.wait(), 0) << test_support::read_file(folder / "curl.log");
    return test_support::read_file(folder / "a");
  }
  std::int64_t stored() const {
    const auto rows = nlohmann::json::parse(ask("SELECT count(x) FROM m", "root:rootpw"));
    const nlohmann::json::json_pointer at("/results/0/series/0/values/0/1");
    return rows.contains(at) ? rows.at(at).get<std::int64_t>() : 0;
  }
  void forget() const { ask("DROP SERIES FROM m", "root:rootpw"); }
  std::vector<std::string> as(const std::string& user, const std::string& secret) const {
    return {"--user", user, "--password-file", folder / secret, "--tls-ca", ca->certificate()};
  }

  test_support::temp_dir folder;
  std::unique_ptr<authority> ca;
  std::unique_ptr<influxd> db;
};

TEST_F(SecuredInfluxdb, TakesThePointsOfAUserOverHttps) {
  for (const auto& p : both) {
    const auto r = p.send({db->url("https"), "out", as("writer", "writer")}, some_lines(points));
    EXPECT_EQ(r.counted, (account{0, points, 0, 0})) << p.name << ":\n" << r.said;
    EXPECT_EQ(stored(), points) << p.name;
    forget();
  }
}

TEST_F(SecuredInfluxdb, TakesThePointsOfATokenAtTheApiOfVersion2) {
  // In InfluxDB 1.8 and later a token is USER:PASSWORD, and a bucket DATABASE/POLICY.
  const std::vector<std::string> flags{
      "--api",       "v2",           "--org",          "any",      "--bucket",
      "out/autogen", "--token-file", folder / "token", "--tls-ca", ca->certificate()};
  for (const auto& p : both) {
    const auto r = p.send({db->url("https"), "", flags}, some_lines(points));
    if (r.said.find("404") != std::string::npos) {
      GTEST_SKIP() << influxd::program() << " has no /api/v2/write: InfluxDB 1.8 and later have";
    }
    EXPECT_EQ(r.counted, (account{0, points, 0, 0})) << p.name << ":\n" << r.said;
    EXPECT_EQ(stored(), points) << p.name;
    forget();
  }
}

TEST_F(SecuredInfluxdb, RefusesWhoIsUnknownOrMayNotWrite) {
  for (const auto& p : both) {
    const auto sent_with = [&](const std::vector<std::string>& flags) {
      return p.send({db->url("https"), "out", flags}, some_lines(points));
    };
    EXPECT_EQ(sent_with({"--tls-ca", ca->certificate()}).counted.exit_code, 4) << p.name;
    const auto wrong = sent_with(as("writer", "wrong"));
    EXPECT_EQ(wrong.counted.exit_code, 4) << p.name << wrong.said;
    EXPECT_THAT(wrong.said, HasSubstr("authorization failed")) << p.name;
    const auto reader = sent_with(as("reader", "reader"));
    EXPECT_EQ(reader.counted.exit_code, 4) << p.name << reader.said;
    EXPECT_EQ(reader.said.find("readerpw"), std::string::npos) << p.name;
  }
  EXPECT_EQ(stored(), 0);
}

TEST_F(SecuredInfluxdb, IsNotTrustedWithoutItsAuthority) {
  for (const auto& p : both) {
    const auto r = p.send(
        {db->url("https"), "out", {"--user", "writer", "--password-file", folder / "writer"}},
        some_lines(points));
    EXPECT_EQ(r.counted.exit_code, 4) << p.name << r.said;
    EXPECT_THAT(r.said, HasSubstr("its certificate is not trusted")) << p.name;
  }
}

/// As of a proxy whose server is down.
TEST_F(SecuredInfluxdb, IsWaitedForWhileSomebodyElseAnswersWithoutTls) {
  std::vector<std::string> flags{
      "--url", db->url("https"), "--db", "out",         "--subscribe", "off", "--rate",
      "200",   "--duration",     "4s",   "--retry-max", "300ms"};
  const auto login = as("writer", "writer");
  flags.insert(flags.end(), login.begin(), login.end());
  generator_test::generator_run run(flags);
  ASSERT_TRUE(test_support::eventually(
      [&] { return ask("SHOW SERIES", "root:rootpw").find("sensors") != std::string::npos; }));
  db->stop();
  {
    const test_support::scripted_server proxy(
        [](const auto&) {
          return test_support::scripted_server::status("503 Service Unavailable");
        },
        db->port());
    EXPECT_TRUE(run.says("keeping points and trying again"));
    std::this_thread::sleep_for(std::chrono::milliseconds(700));
  }
  db->start();
  EXPECT_EQ(run.exit_code(), 0) << run.err();
  EXPECT_EQ(run.number("accepted"), 800);
}

TEST_F(SecuredInfluxdb, TakesSecretsFromTheEnvironment) {
  ::setenv("INFLUX_USERNAME", "writer", 1);
  ::setenv("INFLUX_PASSWORD", "writerpw", 1);
  for (const auto& p : both) {
    const auto r =
        p.send({db->url("https"), "out", {"--tls-ca", ca->certificate()}}, some_lines(points));
    EXPECT_EQ(r.counted, (account{0, points, 0, 0})) << p.name << ":\n" << r.said;
  }
  ::unsetenv("INFLUX_USERNAME");
  ::unsetenv("INFLUX_PASSWORD");
}

TEST_F(SecuredInfluxdb, IsSubscribedToByTheHost) {
  namespace host = kapacitor::udf::host;
  test_support::write_file(folder / "root", "rootpw\n");
  host::host_program program({"run", "--exec", host::function("identity"), "--listen",
                              "127.0.0.1:0", "--influxdb", db->url("https"), "--db", "out",
                              "--user", "root", "--password-file", folder / "root", "--tls-ca",
                              ca->certificate(), "--until-idle", "1s"});
  ASSERT_TRUE(test_support::eventually([&] {
    return program.err().find("subscribed db=out influxdb=") != std::string::npos;
  })) << program.err();
  EXPECT_EQ(run_generator({db->url("https"), "out", as("writer", "writer")}, some_lines(points))
                .counted.accepted,
            points);
  EXPECT_EQ(program.wait(), 0) << program.err();
  EXPECT_EQ(program.summary()["received"], points);
  EXPECT_THAT(ask("SHOW SUBSCRIPTIONS", "root:rootpw"),
              testing::Not(HasSubstr("kapacitor-udf-host")));
}

/// Without users and TLS.
TEST(PlainInfluxdb, CountsAPartialWriteExactly) {
  if (!influxd::installed()) GTEST_SKIP() << influxd::missing;
  const influxd db;
  for (const auto& p : both) {
    db.create(p.name);
    ASSERT_EQ(db.write(p.name, "m,host=h0 x=\"text\" 1").status, 204);
    auto lines = some_lines(40);
    for (int i = 0; i < 10; ++i) lines += "other y=1 " + std::to_string(1000 + i) + "000000000\n";
    const auto r = p.send({db.url(), p.name, {}}, lines);
    EXPECT_EQ(r.counted, (account{1, 10, 40, 0})) << p.name << ":\n" << r.said;
    EXPECT_EQ(db.count(p.name, "other", "y"), 10) << p.name;
  }
}

TEST(PlainInfluxdb, SplitsWhatIsTooLargeForIt) {
  if (!influxd::installed()) GTEST_SKIP() << influxd::missing;
  const influxd db(influxd::sections{"  max-body-size = 500\n"});
  for (const auto& p : both) {
    const auto r = p.send({db.url(), p.name, {}}, some_lines(points));
    EXPECT_EQ(r.counted, (account{0, points, 0, 0})) << p.name << ":\n" << r.said;
    EXPECT_EQ(db.count(p.name, "m", "x"), points) << p.name;
  }
}

}  // namespace
}  // namespace influxdb_test
