#include "base/influxdb/authorization.hpp"

#include <cstdlib>

#include <gtest/gtest.h>

#include "base/text/error.hpp"
#include "support/temp_dir.hpp"

namespace kapacitor {
namespace {

/// Secrets in files, and an environment without any.
class Authorization : public testing::Test {
 protected:
  Authorization() { clear(); }
  ~Authorization() override { clear(); }
  static void clear() {
    for (const auto* name :
         {"INFLUX_USERNAME", "INFLUX_PASSWORD", "INFLUX_TOKEN", "CREDENTIALS_DIRECTORY"}) {
      ::unsetenv(name);
    }
  }
  std::string file(const std::string& text) const {
    test_support::write_file(folder / "secret", text);
    return folder / "secret";
  }
  static std::string refusal(const login& l) {
    try {
      authorization_of(l);
    } catch (const usage_error& e) {
      return e.what();
    }
    return "taken";
  }

  test_support::temp_dir folder;
};

TEST_F(Authorization, IsThatOfRfc7617) {
  EXPECT_EQ(basic_authorization("Aladdin", "open sesame"), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
}

TEST_F(Authorization, ComesFromFiles) {
  EXPECT_EQ(authorization_of({"", "", file("t o k\r\n")}), "Token t o k");
  EXPECT_EQ(authorization_of({"me", file("pw\n"), ""}), basic_authorization("me", "pw"));
}

TEST_F(Authorization, ComesFromTheEnvironmentIfTheCommandLineSaysNothing) {
  EXPECT_EQ(authorization_of({}), "");
  ::setenv("INFLUX_USERNAME", "you", 1);
  ::setenv("INFLUX_PASSWORD", "envpw", 1);
  EXPECT_EQ(authorization_of({}), basic_authorization("you", "envpw"));
  EXPECT_EQ(authorization_of({"me", "", ""}), basic_authorization("me", "envpw"));
  EXPECT_EQ(authorization_of({"", file("pw"), ""}), basic_authorization("you", "pw"));
  ::setenv("INFLUX_TOKEN", "tok", 1);
  EXPECT_EQ(authorization_of({}), "Token tok");
  EXPECT_EQ(authorization_of({"me", "", ""}), basic_authorization("me", "envpw"));
}

TEST_F(Authorization, ComesFromTheCredentialsOfAService) {
  ::setenv("CREDENTIALS_DIRECTORY", folder.path().c_str(), 1);
  EXPECT_EQ(authorization_of({}), "");
  test_support::write_file(folder / "influx-password", "credpw\n");
  EXPECT_EQ(authorization_of({"me", "", ""}), basic_authorization("me", "credpw"));
  ::setenv("INFLUX_PASSWORD", "envpw", 1);
  EXPECT_EQ(authorization_of({"me", "", ""}), basic_authorization("me", "envpw"));
  test_support::write_file(folder / "influx-token", "credtok\n");
  EXPECT_EQ(authorization_of({}), "Token credtok");
  login_names other;
  other.token_credential = "";
  EXPECT_EQ(authorization_of({}, other), "");
  test_support::write_file(folder / "influx-token", "a\nb");
  EXPECT_EQ(refusal({}), "LoadCredential=: " + folder / "influx-token" + " has more than one line");
}

TEST_F(Authorization, SaysWhatIsMissing) {
  EXPECT_EQ(refusal({"me", "", ""}),
            "--user needs a password: --password-file, INFLUX_PASSWORD or "
            "LoadCredential=influx-password:FILE");
  EXPECT_EQ(refusal({"", file("pw"), ""}), "--password-file needs --user");
  EXPECT_EQ(refusal({"me", "", "t"}), "--user and --token-file exclude each other");
  EXPECT_EQ(refusal({"", "", "/does/not/exist"}),
            "--token-file: cannot read \"/does/not/exist\": No such file or directory");
  EXPECT_EQ(refusal({"", "", file("\n")}), "--token-file: " + file("\n") + " is empty");
  EXPECT_EQ(refusal({"", "", file("a\nb")}),
            "--token-file: " + file("a\nb") + " has more than one line");
  ::setenv("INFLUX_USERNAME", "you", 1);
  EXPECT_EQ(refusal({}),
            "INFLUX_USERNAME needs a password: --password-file, INFLUX_PASSWORD or "
            "LoadCredential=influx-password:FILE");
}

TEST_F(Authorization, IsInClearOverHttpToAnotherMachine) {
  EXPECT_TRUE(is_in_clear(parse_url("http://10.0.0.1:8086", ""), "Token x"));
  EXPECT_FALSE(is_in_clear(parse_url("https://10.0.0.1:8086", ""), "Token x"));
  EXPECT_FALSE(is_in_clear(parse_url("http://127.0.0.1:8086", ""), "Token x"));
  EXPECT_FALSE(is_in_clear(parse_url("http://10.0.0.1:8086", ""), ""));
}

}  // namespace
}  // namespace kapacitor
