#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text/error.hpp"
#include "produced.hpp"
#include "source/host.hpp"
#include "support/temp_dir.hpp"

namespace generator_test {
namespace {

using test_support::write_file;
using testing::ElementsAre;
using testing::StartsWith;

/// A machine of which every number is known.
class HostSourceTest : public testing::Test {
 protected:
  HostSourceTest() {
    std::filesystem::create_directory(proc / "net");
    stat(100, 50, 850);
    write_file(proc / "meminfo",
               "MemTotal: 1000 kB\nMemFree: 300 kB\nMemAvailable: 750 kB\nCached: 20 kB\n");
    write_file(proc / "loadavg", "0.52 1.34 2.17 5/131 10250\n");
    write_file(proc / "net/dev",
               "Inter-|   Receive        |  Transmit\n"
               " face |bytes packets errs drop fifo frame compressed multicast|bytes packets ...\n"
               "  eth0: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n");
  }
  void stat(int user, int system, int idle) {
    const auto times = " " + std::to_string(user) + " 0 " + std::to_string(system) + " " +
                       std::to_string(idle) + " 0 0 0 0 0 0\n";
    write_file(proc / "stat", "cpu" + times + "cpu0" + times + "intr 5 6\n");
  }

  test_support::temp_dir proc;
};

TEST_F(HostSourceTest, ReadsCpuMemoryLoadAndNetwork) {
  gen::host_source source(proc.path(), "box");
  EXPECT_EQ(source.points_per_tick(), 5U);
  stat(130, 60, 910);
  EXPECT_THAT(
      lines_of(produced(source, 1)),
      ElementsAre("cpu,cpu=cpu-total,host=box usage_user=30.00,usage_system=10.00,usage_idle=60.00,"
                  "usage_iowait=0.00,usage_irq=0.00,usage_steal=0.00 1700000000000000000",
                  StartsWith("cpu,cpu=cpu0,host=box usage_user=30.00"),
                  "mem,host=box used_percent=25.00,total=1024000i,available=768000i,used=256000i,"
                  "free=307200i,cached=20480i 1700000000000000000",
                  "load,host=box load1=0.52,load5=1.34,load15=2.17 1700000000000000000",
                  "net,host=box,interface=eth0 bytes_recv=1i,packets_recv=2i,err_in=3i,drop_in=4i,"
                  "bytes_sent=9i,packets_sent=10i,err_out=11i,drop_out=12i 1700000000000000000"));
}

TEST_F(HostSourceTest, KeepsTheLastUsageWhereTheKernelsClockHasNotTicked) {
  gen::host_source source(proc.path(), "box");
  stat(130, 60, 910);
  const auto first = lines_of(produced(source, 1));
  EXPECT_EQ(lines_of(produced(source, 1)), first);
}

TEST_F(HostSourceTest, LeavesOutWhatIsNoLongerThere) {
  gen::host_source source(proc.path(), "box");
  std::filesystem::remove(proc / "net/dev");
  EXPECT_EQ(lines_of(produced(source, 1)).size(), 4U);
}

TEST_F(HostSourceTest, SaysWhereThereIsNoSuchMachine) {
  EXPECT_THROW(gen::host_source("/does/not/exist", "box"), kapacitor::usage_error);
}

TEST(HostSource, ReadsThisMachine) {
  gen::host_source source;
  const auto lines = lines_of(produced(source, 1));
  EXPECT_EQ(lines.size(), source.points_per_tick());
  EXPECT_THAT(lines[0], StartsWith("cpu,cpu=cpu-total,host="));
}

}  // namespace
}  // namespace generator_test
