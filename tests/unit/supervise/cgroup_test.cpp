#include "supervise/cgroup.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "base/process/spawn.hpp"
#include "support/eventually.hpp"
#include "support/temp_dir.hpp"

namespace kapacitor::udf::supervise {
namespace {

std::string found(const std::string& mounts, const std::string& own) {
  std::istringstream a(mounts), b(own);
  return own_cgroup(a, b).string();
}

constexpr char unified[] =
    "24 30 0:22 / /proc rw - proc proc rw\n"
    "30 29 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n";
constexpr char hybrid[] =
    "40 29 0:30 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
    "41 29 0:31 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n";

TEST(Cgroup, OfThisProcessIsFoundBelowItsMount) {
  EXPECT_EQ(found(unified, "0::/system.slice/udfd.service\n"),
            "/sys/fs/cgroup/system.slice/udfd.service");
  EXPECT_EQ(found(unified, "0::/\n"), "/sys/fs/cgroup");
  EXPECT_EQ(found(hybrid, "4:memory:/x\n0::/y\n"), "/sys/fs/cgroup/unified/y");
}

TEST(Cgroup, OfAContainerThatSeesOnlyAPartIsFound) {
  EXPECT_EQ(
      found("30 29 0:26 /docker/7 /sys/fs/cgroup rw - cgroup2 cgroup rw\n", "0::/docker/7/a\n"),
      "/sys/fs/cgroup/a");
}

TEST(Cgroup, OfTheKernelHoldsAndKillsWhoeverIsStartedInIt) {
  std::ifstream mounts("/proc/self/mountinfo"), own("/proc/self/cgroup");
  const auto parent = own_cgroup(mounts, own);
  const auto name = "udf_test." + std::to_string(::getpid());
  std::string why;
  auto made = parent.empty() ? nullptr : cgroup::make_in(parent, name, {}, why);
  if (!made) GTEST_SKIP() << "no cgroup of version 2 to write to: " << why;
  const auto pid = spawn(
      {.words = {"sh", "-c", "setsid sleep 600 & exec sleep 600"}, .cgroup_procs = made->procs()});
  std::ostringstream where;
  where << std::ifstream("/proc/" + std::to_string(pid) + "/cgroup").rdbuf();
  EXPECT_NE(where.str().find("/" + name + "\n"), std::string::npos) << where.str();
  made->kill();
  int status = 0;
  ::waitpid(pid, &status, 0);
  EXPECT_EQ(end_of_process(status), "signal 9 (Killed)");
  made.reset();
  EXPECT_TRUE(test_support::eventually([&] {
    cgroup::remove_emptied();
    return !std::filesystem::exists(parent / name);
  }));
}

TEST(Cgroup, OfVersionOneIsNone) {
  EXPECT_EQ(
      found("40 29 0:30 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n", "4:memory:/x\n"),
      "");
  EXPECT_EQ(found(hybrid, "4:memory:/x\n"), "");
}

/// A folder that behaves as the kernel's, as far as files go.
class CgroupFolder : public testing::Test {
 protected:
  void make_files(std::initializer_list<const char*> names) {
    std::filesystem::create_directories(folder());
    for (const auto* name : names) std::ofstream(folder() / name) << "";
  }
  std::filesystem::path folder() const { return std::filesystem::path(dir_ / "f.1"); }
  std::string content(const std::string& name) const {
    std::ostringstream text;
    text << std::ifstream(folder() / name).rdbuf();
    return text.str();
  }
  std::unique_ptr<cgroup> make(const worker_limits& limits) {
    return cgroup::make_in(folder().parent_path(), "f.1", limits, why_);
  }

  test_support::temp_dir dir_;
  std::string why_;
};

TEST_F(CgroupFolder, GetsTheLimitsAndTellsWhoWasKilled) {
  make_files({"cgroup.procs", "memory.max", "cpu.max", "memory.oom.group"});
  const auto c = make({.memory = 1000, .cpus = 0.5});
  ASSERT_TRUE(c) << why_;
  EXPECT_GE(c->procs(), 0);
  EXPECT_EQ(content("memory.max"), "1000");
  EXPECT_EQ(content("cpu.max"), "50000 100000");
  EXPECT_EQ(content("memory.oom.group"), "1");
  EXPECT_EQ(c->killed_for_memory(), 0u);
  std::ofstream(folder() / "memory.events") << "low 0\nhigh 0\nmax 7\noom 2\noom_kill 3\n";
  EXPECT_EQ(c->killed_for_memory(), 3u);
}

TEST_F(CgroupFolder, ThatCannotLimitSaysWhichFileIsMissing) {
  make_files({"cgroup.procs"});
  EXPECT_FALSE(make({.cpus = 2}));
  EXPECT_EQ(why_, (folder() / "cpu.max").string() + ": No such file or directory");
}

TEST_F(CgroupFolder, ThatCannotBeMadeSaysWhy) {
  std::string why;
  EXPECT_FALSE(cgroup::make_in("/proc/self", "x", {}, why));
  EXPECT_NE(why.find("/proc/self/x: "), std::string::npos) << why;
}

}  // namespace
}  // namespace kapacitor::udf::supervise
