#include <sys/stat.h>

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/influxdb/gzip.hpp"
#include "host_program.hpp"
#include "support/http.hpp"

namespace kapacitor::udf::host {
namespace {

using test_support::read_file;
using test_support::write_file;
using ::testing::HasSubstr;

TEST(Recording, KeepsDatabaseAndRetentionPolicy) {
  const test_support::temp_dir dir;
  host_program host({"record", dir / "a.srpl", "--listen", "127.0.0.1:0", "--points", "2"});
  test_support::http(host.port(), "POST /write?db=d&rp=r", "m,t=a\\ b x=1i,s=\"q\\\"\" 7\n");
  test_support::http(host.port(), "POST /write?db=e&rp=r2", "n x=2.5 8\n");
  ASSERT_EQ(host.wait(), 0) << host.err();
  EXPECT_EQ(read_file(dir / "a.srpl"), "d\nr\nm,t=a\\ b x=1i,s=\"q\\\"\" 7\ne\nr2\nn x=2.5 8\n");
  EXPECT_EQ(host.summary()["written"], 2);
}

TEST(Recording, ComesBackOnReplay) {
  const test_support::temp_dir dir;
  for (const std::string name : {"a.srpl", "a.lp", "a.srpl.gz", "a.lp.gz"}) {
    host_program recorder({"record", dir / name}, some_lines(200));
    ASSERT_EQ(recorder.wait(), 0) << recorder.err();
    EXPECT_EQ(looks_like_gzip(read_file(dir / name)), name.ends_with(".gz"));
    host_program replay({"replay", dir / name, "--exec", function("identity"), "--rec-time"});
    ASSERT_EQ(replay.wait(), 0) << replay.err();
    const auto lines = replay.lines();
    ASSERT_EQ(lines.size(), 200u) << name;
    EXPECT_EQ(lines[199]["time"], "1970-01-01T00:03:20.000000000Z");
  }
}

TEST(Recording, IsShiftedToNow) {
  const test_support::temp_dir dir;
  write_file(dir / "a.lp", some_lines(3));
  host_program host({"replay", dir / "a.lp", "--exec", function("identity")});
  ASSERT_EQ(host.wait(), 0) << host.err();
  const auto lines = host.lines();
  EXPECT_GT(lines[0]["time"].get<std::string>(), "2020");
}

TEST(Recording, IsReplayedInStepWithItsTimes) {
  const test_support::temp_dir dir;
  write_file(dir / "a.lp", "m x=1 0\nm x=2 400000000\n");
  host_program host({"replay", dir / "a.lp", "--exec", function("identity"), "--real-time"});
  ASSERT_EQ(host.wait(), 0) << host.err();
  EXPECT_GE(host.summary()["seconds"], 0.4);
  host_program fast({"replay", dir / "a.lp", "--exec", function("identity"), "--speed", "100"});
  ASSERT_EQ(fast.wait(), 0) << fast.err();
  EXPECT_LT(fast.summary()["seconds"], 0.4);
}

TEST(Recording, ThatIsDamagedIsReported) {
  const test_support::temp_dir dir;
  std::string packed;
  gzip_writer().pack(some_lines(100), true, packed);
  write_file(dir / "a.lp.gz", packed.substr(0, packed.size() / 2));
  host_program host({"replay", dir / "a.lp.gz", "--exec", function("identity")});
  EXPECT_EQ(host.wait(), 1);
  EXPECT_NE(host.err().find("the gzip is cut off"), std::string::npos) << host.err();
}

TEST(Recording, IsNotThereUntilItIsWhole) {
  const test_support::temp_dir dir;
  host_program host({"record", dir / "a.srpl", "--listen", "127.0.0.1:0", "--until-idle", "300ms"});
  test_support::http(host.port(), "POST /write?db=d", "m x=1 1\n");
  EXPECT_EQ(read_file(dir / "a.srpl"), "");
  EXPECT_EQ(host.wait(), 0) << host.err();
  EXPECT_NE(read_file(dir / "a.srpl"), "");
}

TEST(Recording, ReplacesNoPipe) {
  const test_support::temp_dir dir;
  const auto pipe = dir / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  host_program host({"record", pipe}, some_lines(2));
  EXPECT_EQ(host.wait(), 2) << host.err();
  EXPECT_THAT(host.err(), HasSubstr("pipe: is no regular file, and a recording replaces what has "
                                    "its name: name another file"));
  EXPECT_TRUE(std::filesystem::is_fifo(pipe));
  EXPECT_FALSE(std::filesystem::exists(pipe + ".part"));
}

TEST(Recording, IsToldFromLineProtocolByItsContent) {
  const test_support::temp_dir dir;
  write_file(dir / "p.srpl", "a v=1 1\nb v=2 2\nc v=3 3\n");
  write_file(dir / "r.lp", "d\nr\na v=1 1\nd\nr\nb v=2 2\n");
  host_program lines({"replay", dir / "p.srpl", "--exec", function("identity")});
  ASSERT_EQ(lines.wait(), 0) << lines.err();
  EXPECT_EQ(lines.summary()["emitted"], 3);
  host_program recorded({"replay", dir / "r.lp", "--exec", function("identity")});
  ASSERT_EQ(recorded.wait(), 0) << recorded.err();
  EXPECT_EQ(recorded.summary()["emitted"], 2);
}

// Under UBSan: nothing wraps, and the point that cannot be moved along is counted.
TEST(Recording, WithTimesFromEndToEndOfTheirRangeIsReplayed) {
  const test_support::temp_dir dir;
  write_file(dir / "a.lp", "m x=1 -9000000000000000000\nm x=2 9000000000000000000\n");
  host_program moved({"replay", dir / "a.lp", "--exec", function("identity")});
  EXPECT_EQ(moved.wait(), 1);
  EXPECT_EQ(moved.summary()["emitted"], 1);
  EXPECT_THAT(moved.err(), HasSubstr("too far from the first one to be moved along"));
  host_program kept({"replay", dir / "a.lp", "--exec", function("identity"), "--rec-time"});
  EXPECT_EQ(kept.wait(), 0) << kept.err();
  ASSERT_EQ(kept.lines().size(), 2U);
  EXPECT_EQ(kept.lines()[1]["time"], "2255-03-14T16:00:00.000000000Z");
  host_program paced({"replay", dir / "a.lp", "--exec", function("identity"), "--rec-time",
                      "--real-time", "--duration", "300ms"});
  EXPECT_EQ(paced.wait(), 0) << paced.err();
  EXPECT_EQ(paced.summary()["emitted"], 1);
  EXPECT_THAT(paced.err(), HasSubstr("the next point is due much later"));
}

TEST(Recording, ThatLeadsIntoTheFutureIsSaidToDoSo) {
  const test_support::temp_dir dir;
  write_file(dir / "a.lp", "m x=1 1700000000000000000\nm x=2 1700086400000000000\n");
  host_program host({"replay", dir / "a.lp", "--exec", function("identity")});
  EXPECT_EQ(host.wait(), 0) << host.err();
  EXPECT_EQ(host.summary()["in_future"], 1);
  EXPECT_THAT(host.err(), HasSubstr("time in the future"));
  EXPECT_THAT(host.err(), HasSubstr(" ahead="));
  host_program kept({"replay", dir / "a.lp", "--exec", function("identity"), "--rec-time"});
  EXPECT_EQ(kept.wait(), 0) << kept.err();
  EXPECT_EQ(kept.summary()["in_future"], 0);
}

TEST(Recording, OfSecondsTakenForNanosecondsIsSaidToBeOf1970) {
  host_program host({"run", "--exec", function("identity")}, "m x=1 1700000000\n");
  EXPECT_EQ(host.wait(), 0) << host.err();
  EXPECT_EQ(host.summary()["of_1970"], 1);
  EXPECT_THAT(host.err(), HasSubstr("time of 1970, is --precision missing?"));
}

}  // namespace
}  // namespace kapacitor::udf::host
