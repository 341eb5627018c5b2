#include "server/socket_file.hpp"

#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text/error.hpp"
#include "fixture.hpp"
#include "program/socket_dir.hpp"

namespace kapacitor::udf::test {
namespace {

using server::socket_access;
using server::socket_file;
using testing::AllOf;
using testing::HasSubstr;

class SocketFile : public testing::Test {
 protected:
  std::string path(const std::string& name = "f.sock") const { return dir_ / name; }
  std::string problem_of(const std::string& path, const socket_access& access = {}) {
    try {
      const socket_file made(path, access, log_.sink());
    } catch (const start_error& e) {
      return e.what();
    }
    return "none";
  }
  /// A socket that nobody serves any more.
  void leave_stale(const std::string& path) {
    const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    ASSERT_EQ(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    ::close(fd);
  }

  test_support::temp_dir dir_;
  collected_log log_;
};

TEST_F(SocketFile, IsThereWithItsModeAndLeavesNothingBehind) {
  {
    const socket_file made(path(), {.mode = 0600, .group = {}}, log_.sink());
    struct stat status {};
    ASSERT_EQ(::stat(path().c_str(), &status), 0);
    EXPECT_TRUE(S_ISSOCK(status.st_mode));
    EXPECT_EQ(status.st_mode & 0777, 0600U);
    { const unix_client connected(path(), std::chrono::milliseconds(1)); }
  }
  EXPECT_TRUE(std::filesystem::is_empty(dir_.path()));
}

TEST_F(SocketFile, ReplacesAStaleSocket) {
  leave_stale(path());
  const socket_file made(path(), {}, log_.sink());
  { const unix_client connected(path(), std::chrono::milliseconds(1)); }
  EXPECT_EQ(log_.count(log_level::info, "stale socket removed socket=" + path()), 1U);
}

TEST_F(SocketFile, RefusesASocketThatAnotherServerHolds) {
  const socket_file first(path(), {}, log_.sink());
  EXPECT_THAT(problem_of(path()),
              AllOf(HasSubstr(path()), HasSubstr("another process serves it already")));
  unix_client(path(), std::chrono::milliseconds(1));  // the first one goes on
}

TEST_F(SocketFile, RefusesASocketThatSomebodyServesWithoutALock) {
  const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path().copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(::listen(fd, 1), 0);
  EXPECT_THAT(problem_of(path()),
              AllOf(HasSubstr(path()), HasSubstr("another process serves it already")));
  EXPECT_TRUE(std::filesystem::exists(path()));
  EXPECT_FALSE(std::filesystem::exists(path() + ".lock"));
  ::close(fd);
}

TEST_F(SocketFile, NeverRemovesWhatIsNoSocket) {
  test_support::write_file(path(), "precious");
  EXPECT_THAT(problem_of(path()), AllOf(HasSubstr(path()), HasSubstr("not a socket")));
  EXPECT_EQ(test_support::read_file(path()), "precious");
  std::filesystem::create_directory(path("d.sock"));
  EXPECT_THAT(problem_of(path("d.sock")), HasSubstr("not a socket"));
  std::filesystem::create_symlink(path(), path("l.sock"));
  EXPECT_THAT(problem_of(path("l.sock")), HasSubstr("not a socket"));
}

TEST_F(SocketFile, DoesNotRemoveTheSocketOfASuccessor) {
  auto first = std::make_unique<socket_file>(path(), socket_access{}, log_.sink());
  std::filesystem::remove(path());
  test_support::write_file(path(), "another");
  first.reset();
  EXPECT_EQ(test_support::read_file(path()), "another");
}

TEST_F(SocketFile, NamesAMissingDirectory) {
  const auto lost = path("nowhere/f.sock");
  EXPECT_EQ(problem_of(lost), "cannot serve " + lost + ": missing directory " + path("nowhere"));
  test_support::write_file(path("file"), "");
  EXPECT_THAT(problem_of(path("file/f.sock")), HasSubstr("file"));
}

TEST_F(SocketFile, NamesAPathThatIsTooLong) {
  EXPECT_THAT(problem_of(path(std::string(120, 'x'))), HasSubstr("may have at most 107"));
}

TEST_F(SocketFile, NamesAnUnknownGroup) {
  EXPECT_EQ(problem_of(path(), {.mode = 0660, .group = "no-such-group"}),
            "--socket-group: there is no group \"no-such-group\"");
  EXPECT_TRUE(std::filesystem::is_empty(dir_.path()));
}

TEST_F(SocketFile, BelongsToTheGivenGroup) {
  const auto* own = ::getgrgid(::getegid());
  ASSERT_TRUE(own);
  const socket_file made(path(), {.mode = 0660, .group = own->gr_name}, log_.sink());
  EXPECT_THAT(server::owner_of(path()), HasSubstr(":" + std::string(own->gr_name)));
}

/// Without root's rights, as long as it lives.
class as_nobody {
 public:
  as_nobody() : is_(::seteuid(65534) == 0) {}
  ~as_nobody() {
    if (is_ && ::seteuid(0) != 0) ADD_FAILURE() << "cannot be root again";
  }

 private:
  bool is_;
};

TEST_F(SocketFile, NamesWhatItHasNoPermissionFor) {
  ASSERT_EQ(::chmod(dir_.path().c_str(), 0555), 0);
  const as_nobody lowered;
  EXPECT_THAT(problem_of(path()), AllOf(HasSubstr(path()), HasSubstr("Permission denied")));
  std::string problem;
  try {
    server::check_socket_dir(dir_.path().string());
  } catch (const start_error& e) {
    problem = e.what();
  }
  EXPECT_THAT(problem, AllOf(HasSubstr("--socket-dir " + dir_.path().string()),
                             HasSubstr("Permission denied")));
}

TEST_F(SocketFile, NamesTheFolderThatKeepsOutWhomItsModeLetsIn) {
  const auto inner = dir_ / "closed";
  std::filesystem::create_directories(inner + "/open");
  ::chmod(dir_.path().c_str(), 0755);
  ::chmod((inner + "/open").c_str(), 0755);
  ::chmod(inner.c_str(), 0700);
  const auto socket = inner + "/open/f.sock";
  EXPECT_EQ(server::closed_folder(socket, {.mode = 0666, .group = {}}), inner);
  EXPECT_EQ(server::closed_folder(socket, {.mode = 0660, .group = {}}), "");
  EXPECT_EQ(server::closed_folder(path(), {.mode = 0666, .group = {}}), "");
  ::chmod(inner.c_str(), 0711);
  EXPECT_EQ(server::closed_folder(socket, {.mode = 0666, .group = {}}), "");
}

TEST_F(SocketFile, WaitsForAPredecessorThatIsAboutToEnd) {
  std::optional<socket_file> first(std::in_place, path(), socket_access{}, log_.sink());
  std::thread ending([&first] {
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    first.reset();
  });
  EXPECT_EQ(problem_of(path()), "none");
  ending.join();
  EXPECT_EQ(log_.count(log_level::info, "waiting for its end"), 1U);
}

TEST_F(SocketFile, DoesNotChangeTheModeOfWhatALinkInItsPlacePointsAt) {
  test_support::write_file(dir_ / "precious", "x");
  ::chmod((dir_ / "precious").c_str(), 0600);
  std::filesystem::create_symlink(dir_ / "precious", path());
  EXPECT_THAT(problem_of(path(), {.mode = 0666, .group = {}}), HasSubstr("not a socket"));
  struct stat status {};
  ASSERT_EQ(::stat((dir_ / "precious").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
}

}  // namespace
}  // namespace kapacitor::udf::test
