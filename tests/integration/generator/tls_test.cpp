#include <optional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "generator_run.hpp"
#include "special_influxd.hpp"

namespace generator_test {
namespace {

using testing::HasSubstr;

/// An authority of our own, and what it signs, made by the program openssl.
class authority {
 public:
  explicit authority(const test_support::temp_dir& folder) : folder_(folder) {
    run("openssl req -x509 " + key("ca.key") + " -out ca.pem -days 2 -subj /CN=test-authority");
  }
  std::string certificate() const { return folder_ / "ca.pem"; }

  /// Makes NAME.pem and NAME.key.
  void sign(const std::string& name, const std::string& names, int days) const {
    test_support::write_file(folder_ / "names", "subjectAltName=" + names + "\n");
    run("openssl req " + key(name + ".key") + " -out request -subj /CN=" + name +
        " && openssl x509 -req -in request -CA ca.pem -CAkey ca.key -CAcreateserial -days " +
        std::to_string(days) + " -extfile names -out " + name + ".pem");
  }

 private:
  static std::string key(const std::string& file) {
    return "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout " + file;
  }
  void run(const std::string& commands) const {
    test_support::child shell({"bash", "-c", "cd " + folder_.path().string() + " && " + commands},
                              {"", "", folder_ / "openssl.log"});
    if (shell.wait() != 0) {
      throw std::runtime_error("openssl: " + test_support::read_file(folder_ / "openssl.log"));
    }
  }

  const test_support::temp_dir& folder_;
};

class TlsTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!test_support::on_path("influxd") || !test_support::on_path("openssl")) {
      GTEST_SKIP() << "influxd or openssl is not installed";
    }
    ca.emplace(folder);
  }
  void serve(const std::string& names, int days = 2) {
    ca->sign("server", names, days);
    db.emplace(special_influxd::sections{"  https-enabled = true\n  https-certificate = \"" +
                                         (folder / "server.pem") + "\"\n  https-private-key = \"" +
                                         (folder / "server.key") + "\"\n"});
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
  std::optional<special_influxd> db;
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
  db.emplace(special_influxd::sections{});
  EXPECT_EQ(run_with({}), 4);
  EXPECT_TRUE(run->said("TLS: wrong version number")) << run->err();
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
                  "--tls-ca", ca->certificate(), "--timeout", "1s", "--max-retry-time", "1ms"});
    run.emplace(flags);
    return run->exit_code();
  };
  EXPECT_EQ(run_at_it({}), 4);
  EXPECT_TRUE(run->said("TLS: ")) << run->err();
  EXPECT_EQ(run_at_it({"--tls-cert", folder / "client.pem", "--tls-key", folder / "client.key"}), 3)
      << "there is an answer to the first question, and none to the points";
  EXPECT_TRUE(run->said("has not taken our points for too long")) << run->err();
}

TEST_F(TlsTest, FilesThatAreNoneAreWrongUsage) {
  db.emplace(special_influxd::sections{});
  EXPECT_EQ(run_with({"--tls-ca", "/does/not/exist"}), 2);
  EXPECT_TRUE(run->said("--tls-ca: cannot use /does/not/exist: "));
  EXPECT_EQ(run_with({"--tls-cert", "/dev/null", "--tls-key", "/dev/null"}), 2);
  EXPECT_TRUE(run->said("--tls-cert: cannot use /dev/null: "));
}

}  // namespace
}  // namespace generator_test
