#include <chrono>
#include <optional>
#include <thread>

#include <gtest/gtest.h>

#include "generator_run.hpp"
#include "support/authority.hpp"
#include "support/influxd.hpp"
#include "support/scripted_server.hpp"

namespace generator_test {
namespace {

using test_support::authority;
using test_support::influxd;

class TlsTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!influxd::installed() || !authority::possible()) {
      GTEST_SKIP() << influxd::missing << ", or no openssl";
    }
    ca.emplace(folder);
  }
  void serve(const std::string& names, int days = 2) {
    ca->sign("server", names, days);
    db.emplace(influxd::sections{ca->influxd_section("server")});
  }
  int run_with(std::vector<std::string> flags, const std::string& host = "127.0.0.1") {
    flags.insert(flags.end(), {"--url", db->url("https", host), "--subscribe", "off", "--points",
                               "40", "--interval", "1ms"});
    run.emplace(flags);
    return run->exit_code();
  }
  std::vector<std::string> trusting() const { return {"--tls-ca", ca->certificate()}; }

  test_support::temp_dir folder;
  std::optional<authority> ca;
  std::optional<influxd> db;
  std::optional<generator_run> run;
};

TEST_F(TlsTest, WritesToAServerThatItTrusts) {
  serve("IP:127.0.0.1,DNS:localhost");
  EXPECT_EQ(run_with(trusting()), 0) << run->err();
  EXPECT_EQ(run->number("accepted"), 40);
  EXPECT_EQ(run_with(trusting(), "localhost"), 0) << run->err();
}

TEST_F(TlsTest, DoesNotTalkToAServerOfAnUnknownAuthority) {
  serve("IP:127.0.0.1");
  EXPECT_EQ(run_with({}), 4);
  EXPECT_TRUE(run->said("its certificate is not trusted: unable to get local issuer certificate"))
      << run->err();
}

TEST_F(TlsTest, DoesNotTalkToAServerOfAnotherName) {
  serve("DNS:elsewhere.example,IP:127.0.0.9");
  EXPECT_EQ(run_with(trusting(), "localhost"), 4);
  EXPECT_TRUE(run->said("its certificate is not trusted: hostname mismatch")) << run->err();
  EXPECT_EQ(run_with(trusting()), 4);
  EXPECT_TRUE(run->said("its certificate is not trusted: IP address mismatch")) << run->err();
}

TEST_F(TlsTest, DoesNotTalkToAServerWhoseCertificateHasExpired) {
  serve("IP:127.0.0.1", -1);
  EXPECT_EQ(run_with(trusting()), 4);
  EXPECT_TRUE(run->said("its certificate is not trusted: certificate has expired")) << run->err();
}

TEST_F(TlsTest, TalksToAnyServerIfItIsToldTo) {
  serve("DNS:elsewhere.example", -1);
  EXPECT_EQ(run_with({"--insecure-skip-verify"}), 0) << run->err();
  EXPECT_EQ(run->number("accepted"), 40);
}

TEST_F(TlsTest, SaysThatTheServerSpeaksNoTls) {
  db.emplace(influxd::sections{});
  EXPECT_EQ(run_with({"--connect-timeout", "300ms"}), 3);
  EXPECT_TRUE(run->said("TLS: wrong version number")) << run->err();
}

// A proxy whose server is down answers in plain text. From the first moment on that is an outage.
TEST_F(TlsTest, RidesOutAServerThatAnswersInPlainText) {
  serve("IP:127.0.0.1,DNS:localhost");
  const auto port = db->port();
  db->stop();
  const auto unavailable = [](const auto&) {
    return test_support::scripted_server::status("503 Service Unavailable");
  };
  std::optional<test_support::scripted_server> proxy(std::in_place, unavailable, port);
  run.emplace(std::vector<std::string>{"--url", db->url("https", "127.0.0.1"), "--tls-ca",
                                       ca->certificate(), "--subscribe", "off", "--duration", "4s",
                                       "--rate", "100", "--series", "1", "--retry-max", "200ms"});
  ASSERT_TRUE(run->says("no answer yet, waiting")) << run->err();
  proxy.reset();
  db->start();
  ASSERT_TRUE(run->says("answers target=")) << run->err();
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  db->stop();
  proxy.emplace(unavailable, port);
  ASSERT_TRUE(run->says("keeping points and trying again")) << run->err();
  std::this_thread::sleep_for(std::chrono::milliseconds(1000));
  proxy.reset();
  db->start();
  EXPECT_EQ(run->exit_code(), 0) << run->err();
  EXPECT_EQ(run->number("accepted"), 400);
}

/// openssl's own server, which answers questions but takes no points.
TEST_F(TlsTest, ShowsItsCertificateToWhoAsksForIt) {
  ca->sign("server", "IP:127.0.0.1", 2);
  ca->sign("client", "DNS:client", 2);
  const auto port = test_support::free_port();
  const test_support::child server(
      {"openssl", "s_server", "-accept", "127.0.0.1:" + std::to_string(port), "-cert",
       folder / "server.pem", "-key", folder / "server.key", "-CAfile", ca->certificate(),
       "-Verify", "1", "-verify_return_error", "-www"},
      {"", folder / "out", folder / "err"});
  const auto run_at_it = [&](std::vector<std::string> flags) {
    flags.insert(flags.end(),
                 {"--target", "kapacitor", "--url", "https://127.0.0.1:" + std::to_string(port),
                  "--tls-ca", ca->certificate(), "--timeout", "1s", "--max-retry-time", "1ms",
                  "--connect-timeout", "300ms"});
    run.emplace(flags);
    return run->exit_code();
  };
  EXPECT_EQ(run_at_it({}), 3);
  EXPECT_TRUE(run->said("TLS: ")) << run->err();
  EXPECT_EQ(run_at_it({"--tls-cert", folder / "client.pem", "--tls-key", folder / "client.key"}), 3)
      << "there is an answer to the first question, and none to the points";
  EXPECT_TRUE(run->said("has not taken our points for too long")) << run->err();
}

TEST_F(TlsTest, FilesThatAreNoneAreWrongUsage) {
  db.emplace(influxd::sections{});
  EXPECT_EQ(run_with({"--tls-ca", "/does/not/exist"}), 2);
  EXPECT_TRUE(run->said("--tls-ca: cannot use /does/not/exist: "));
  EXPECT_EQ(run_with({"--tls-cert", "/dev/null", "--tls-key", "/dev/null"}), 2);
  EXPECT_TRUE(run->said("--tls-cert: cannot use /dev/null: "));
}

}  // namespace
}  // namespace generator_test
