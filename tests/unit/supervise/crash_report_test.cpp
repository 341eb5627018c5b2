#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/crash_text.hpp"
#include "support/captures.hpp"
#include "support/child.hpp"
#include "support/requests.hpp"
#include "support/sanitized.hpp"
#include "support/temp_dir.hpp"

// Reports of crashes in a program without workers, and the text that they are made of.
namespace kapacitor::udf::server {
namespace {

using testing::HasSubstr;
using namespace std::chrono_literals;

TEST(CrashText, LooksLikeALineOfTheLog) {
  crash_text text;
  text.add_time(std::chrono::system_clock::time_point(1'700'000'000'042ms), 90min);
  text.put(" error function crashed").add("function", "ewma").add("task", "").add("frame", 12);
  text.add_address("address", 0xdeadbeef);
  EXPECT_EQ(text.view(),
            "2023-11-14T23:43:20.042+01:30 error function crashed function=ewma frame=12 "
            "address=0xdeadbeef");
}

TEST(CrashText, HasTimesBeforeTheEpochAndWestOfGreenwich) {
  crash_text text;
  text.add_time(std::chrono::system_clock::time_point(-1ms), -210min);
  EXPECT_EQ(text.view(), "1969-12-31T20:29:59.999-03:30");
}

TEST(CrashText, StaysOneLineWhateverAValueHolds) {
  crash_text text;
  text.add("a", "x y").add("b", "q\"\\").add("c", "l\nm").add("d", "k=v").add("e", "plain");
  EXPECT_EQ(text.view(), R"( a="x y" b="q\"\\" c="l?m" d="k=v" e=plain)");
}

TEST(CrashText, LeavesOutWhatDoesNotFit) {
  crash_text text;
  text.put(std::string(5000, 'x')).put("y");
  EXPECT_EQ(text.view(), std::string(2048, 'x'));
}

class CrashOfAProgram : public testing::Test {
 protected:
  void SetUp() override {
    if (test::sanitized) GTEST_SKIP() << "a sanitizer has handlers and limits of its own";
  }
  /// Serves a task on stdin whose last point has that value. Returns: the exit code
  int run(int value, std::vector<std::string> flags = {}) {
    std::ofstream(dir_ / "in", std::ios::binary)
        << test::frame_of(test::init_request({}, "mytask", "crashing2"))
        << test::frame_of(test::point_request("a", 1, 0))
        << test::frame_of(test::point_request("a", 2, value));
    flags.insert(flags.begin(), KAPACITOR_UDF_CRASHING_UDF);
    test_support::child child(flags, {dir_ / "in", dir_ / "out", dir_ / "err"});
    return child.wait().value_or(-1);
  }
  std::string content(const std::string& file) const {
    std::ostringstream text;
    text << std::ifstream(dir_ / file).rdbuf();
    return text.str();
  }

  test_support::temp_dir dir_;
};

TEST_F(CrashOfAProgram, IsReportedOnStderrWithItsStack) {
  EXPECT_EQ(run(1), 128 + SIGSEGV);
  EXPECT_THAT(content("err"),
              HasSubstr(" error function crashed signal=SIGSEGV address=0x0 function=crashing "
                        "task=mytask node=crashing2 frame=3 group=\"host=a\"\n"));
  EXPECT_THAT(content("err"), HasSubstr("crashing_udf(+0x"));
}

TEST_F(CrashOfAProgram, IsReportedInItsLogFile) {
  EXPECT_EQ(run(2, {"--log-file", dir_ / "log"}), 128 + SIGABRT);
  EXPECT_THAT(content("log"), HasSubstr(" error function crashed signal=SIGABRT "));
  EXPECT_EQ(content("err"), "");
}

TEST_F(CrashOfAProgram, IsNoneIfItsMemoryHasALimit) {
  EXPECT_EQ(run(4, {"--max-memory", "128MiB"}), 1);
  const auto bytes = content("out");
  const auto all = test::messages(bytes);
  ASSERT_FALSE(all.empty());
  ::agent::Response last;
  ASSERT_TRUE(last.ParseFromArray(all.back().data(), static_cast<int>(all.back().size())));
  EXPECT_EQ(last.error().error(), "crashing[host=a]: std::bad_alloc");
}

}  // namespace
}  // namespace kapacitor::udf::server
