#include "doctor/doctor.hpp"

#include <cstdlib>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/influxdb/authorization.hpp"
#include "doctor/finding.hpp"
#include "support/scripted_server.hpp"
#include "support/temp_dir.hpp"

// The whole of it, with a kapacitor.conf and a scripted Kapacitor.
namespace kapacitor::udf::doctor {
namespace {

using test_support::scripted_server;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class Doctor : public testing::Test {
 protected:
  Doctor() {
    s_.conf = dir_ / "kapacitor.conf";
    s_.runs_as = "root";
    test_support::write_file(s_.conf,
                             "[http]\nbind-address = \"" + server_.url().substr(7) + "\"\n");
  }
  ~Doctor() override {
    ::unsetenv("KAPACITOR_USERNAME");
    ::unsetenv("KAPACITOR_PASSWORD");
    ::unsetenv("CREDENTIALS_DIRECTORY");
  }
  exit_code run() {
    std::ostringstream out;
    const auto code =
        examine(s_, {}, out, {log_level::trace, [this](log_level, std::string_view line) {
                                log_ += std::string(line) + "\n";
                              }});
    said_ = out.str();
    return code;
  }

  test_support::temp_dir dir_;
  std::string answer_ = scripted_server::status("200 OK", R"({"tasks":[
      {"id":"t","status":"enabled","executing":false,"error":"gone","script":"stream"}]})");
  scripted_server server_{[this](const auto&) { return answer_; }};
  settings s_;
  std::string said_, log_;
};

TEST_F(Doctor, ChangesNothingUnlessToldTo) {
  EXPECT_EQ(run(), exit_code::failed);
  EXPECT_THAT(said_,
              AllOf(HasSubstr("ok       kapacitord: " + server_.url() + " answers, with 1 task\n"),
                    HasSubstr("error    task t: enabled, but not executing: gone")));
  for (const auto& r : server_.requests()) EXPECT_EQ(r.target.substr(0, 4), "GET ") << r.target;
  EXPECT_EQ(log_, "");
}

TEST_F(Doctor, SaysWhoItIsWithoutShowingThePassword) {
  test_support::write_file(dir_ / "password", "hunter2\n");
  const auto head = [&] {
    run();
    EXPECT_THAT(said_ + log_, Not(HasSubstr("hunter2")));
    return server_.requests().back().head;
  };
  EXPECT_THAT(head(), Not(HasSubstr("Authorization")));
  s_.who = {"me", dir_ / "password", ""};
  EXPECT_THAT(head(), HasSubstr("Authorization: " + basic_authorization("me", "hunter2")));
  s_.who = {};
  ::setenv("KAPACITOR_USERNAME", "you", 1);
  ::setenv("KAPACITOR_PASSWORD", "hunter2", 1);
  EXPECT_THAT(head(), HasSubstr(basic_authorization("you", "hunter2")));
  ::unsetenv("KAPACITOR_PASSWORD");
  ::setenv("CREDENTIALS_DIRECTORY", dir_.path().c_str(), 1);
  test_support::write_file(dir_ / "kapacitor-password", "hunter2");
  EXPECT_THAT(head(), HasSubstr(basic_authorization("you", "hunter2")));
}

TEST_F(Doctor, EndsWithTheCodeOfWhatIsWrong) {
  answer_ = scripted_server::status("200 OK", R"({"tasks":[]})");
  EXPECT_EQ(run(), exit_code::success);
  EXPECT_THAT(said_, HasSubstr("warning  kapacitor.conf: it names no functions"));
  answer_ = scripted_server::status("401 Unauthorized", R"({"error":"who are you?"})");
  EXPECT_EQ(run(), exit_code::refused);
  EXPECT_THAT(said_, AllOf(HasSubstr("who are you?"), HasSubstr("--password-file")));
  answer_ = scripted_server::status("500 Internal Server Error", "oops");
  EXPECT_EQ(run(), exit_code::failed);
  s_.url = "http://127.0.0.1:1";
  EXPECT_EQ(run(), exit_code::unreachable);
  EXPECT_THAT(said_, HasSubstr("--kapacitor URL"));
  s_.conf = dir_ / "none";
  EXPECT_THROW(run(), usage_error);
}

TEST_F(Doctor, WarnsOfAUserThatIsNotThere) {
  s_.runs_as = "no-such-user";
  run();
  EXPECT_THAT(said_, HasSubstr("warning  user no-such-user: there is none on this machine"));
}

TEST(Finding, IsOneLine) {
  EXPECT_EQ(text_of({grade::error, "task a\nb", "x\ty", "z"}), "error    task a\\nb: x\\ty; z");
}

}  // namespace
}  // namespace kapacitor::udf::doctor
