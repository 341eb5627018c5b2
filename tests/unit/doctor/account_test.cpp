#include "doctor/account.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temp_dir.hpp"

namespace kapacitor::udf::doctor {
namespace {

using testing::HasSubstr;

constexpr uid_t own = 4242, other = 4243;
constexpr gid_t group = 5252;

struct stat file(mode_t mode, uid_t owner, gid_t of_group) {
  struct stat s {};
  s.st_mode = mode;
  s.st_uid = owner;
  s.st_gid = of_group;
  return s;
}

const account kapacitor{"kapacitor", own, {group}};

TEST(Account, MayWhatTheFirstFittingClassAllows) {
  const auto may_write = [](mode_t mode, uid_t u, gid_t g) {
    return may(kapacitor, access::use_socket, file(S_IFSOCK | mode, u, g));
  };
  EXPECT_TRUE(may_write(0200, own, 1));
  EXPECT_FALSE(may_write(0077, own, group));  // as the owner it may not, whatever others may
  EXPECT_TRUE(may_write(0020, other, group));
  EXPECT_FALSE(may_write(0707, other, group));
  EXPECT_TRUE(may_write(0002, other, 1));
  EXPECT_FALSE(may_write(0770, other, 1));
  EXPECT_TRUE(may({"root", 0, {0}}, access::use_socket, file(S_IFSOCK, other, 1)));
  EXPECT_FALSE(may({"root", 0, {0}}, access::run, file(S_IFREG | 0644, 0, 0)));
}

TEST(Account, IsFoundByNameAndByNumber) {
  const auto root = account::find("root");
  ASSERT_TRUE(root);
  EXPECT_EQ(root->uid, 0U);
  EXPECT_TRUE(root->has(0));
  EXPECT_EQ(account::find("0")->name, "root");
  EXPECT_FALSE(account::find("no-such-user"));
}

class Obstacle : public testing::Test {
 protected:
  Obstacle() {
    ::chmod(dir_.path().c_str(), 0755);
    std::filesystem::create_directory(folder_);
    test_support::write_file(path_, "");
  }
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "gives files to others: needs root";
    set(0755, 0660, group);
  }
  void set(mode_t of_folder, mode_t of_file, gid_t g) const {
    ::chmod(folder_.c_str(), of_folder);
    ::chmod(path_.c_str(), of_file);
    ASSERT_EQ(::chown(path_.c_str(), static_cast<uid_t>(-1), g), 0);
  }
  obstacle found() const { return find_obstacle(kapacitor, access::use_socket, path_); }

  test_support::temp_dir dir_;
  std::string folder_ = dir_ / "run", path_ = dir_ / "run/f.sock";
};

TEST_F(Obstacle, IsNoneIfAllLetThrough) {
  EXPECT_EQ(found().why, "");
}

TEST_F(Obstacle, IsAFolderThatIsClosed) {
  set(0700, 0660, group);
  EXPECT_EQ(found().why,
            "user kapacitor may not go through " + folder_ + " (mode 0700, root:root)");
  EXPECT_EQ(found().to_do, "chmod o+x " + folder_);
}

TEST_F(Obstacle, IsASocketOfAnotherGroup) {
  set(0755, 0660, 0);
  EXPECT_THAT(found().why, HasSubstr("may not write to " + path_ + " (mode 0660, root:root)"));
  EXPECT_EQ(found().to_do, "chgrp 5252 " + path_ + " && chmod g+w " + path_ +
                               ", or start kapacitor-udfd with --socket-group 5252");
}

TEST_F(Obstacle, IsASocketOfItsGroupThatIsClosed) {
  set(0755, 0640, group);
  EXPECT_EQ(found().to_do, "chmod g+w " + path_);
}

TEST_F(Obstacle, IsSoughtWhereALinkLeads) {
  std::filesystem::create_directory(dir_ / "real");
  test_support::write_file(dir_ / "real/f.sock", "");
  ::chmod((dir_ / "real/f.sock").c_str(), 0666);
  ::chmod((dir_ / "real").c_str(), 0700);
  std::filesystem::create_directory_symlink("real", dir_ / "link");
  EXPECT_THAT(find_obstacle(kapacitor, access::use_socket, dir_ / "link/f.sock").why,
              HasSubstr(dir_ / "real"));
}

}  // namespace
}  // namespace kapacitor::udf::doctor
