#include <gtest/gtest.h>

#include "base/influxdb/gzip.hpp"
#include "host_program.hpp"
#include "support/http.hpp"

namespace kapacitor::udf::host {
namespace {

using test_support::read_file;
using test_support::write_file;

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

}  // namespace
}  // namespace kapacitor::udf::host
