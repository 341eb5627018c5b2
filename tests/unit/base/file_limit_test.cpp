#include "base/text/file_limit.hpp"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <iterator>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "problem_of.hpp"
#include "support/temp_dir.hpp"

namespace kapacitor {
namespace {

using test_support::write_file;
using testing::HasSubstr;
namespace fs = std::filesystem;

/// A folder with a file, and one beside it that is not to be read.
class FileLimit : public testing::Test {
 protected:
  FileLimit() {
    fs::create_directories(inside_ + "/deep");
    write_file(inside_ + "/deep/in.csv", "in");
    write_file(all_ / "secret", "out");
    write_file(all_ / "inside-not", "out");
  }
  ~FileLimit() override { file_limit::set(""); }

  static std::string read(const std::string& path) {
    const int fd = file_limit::open(path, O_RDONLY);
    char text[16];
    const auto n = ::read(fd, text, sizeof text);
    ::close(fd);
    return {text, static_cast<std::size_t>(n)};
  }
  static std::string problem(const std::string& path) {
    try {
      return "read: " + read(path);
    } catch (const std::exception& e) {
      return e.what();
    }
  }

  test_support::temp_dir all_;
  std::string inside_ = all_ / "inside";
};

TEST_F(FileLimit, OpensAnyFileWithoutALimit) {
  EXPECT_EQ(read(all_ / "secret"), "out");
  EXPECT_EQ(problem(all_ / "none"), "No such file or directory");
}

TEST_F(FileLimit, OpensWhatIsBelowTheFolder) {
  for (const auto& dir : {inside_, inside_ + "/", inside_ + "/../inside"}) {
    file_limit::set(dir);
    file_limit::check();
    EXPECT_EQ(file_limit::dir(), inside_);
    EXPECT_EQ(read(inside_ + "/deep/in.csv"), "in");
    EXPECT_EQ(read("deep/in.csv"), "in");
    EXPECT_EQ(read(inside_ + "/deep/../deep/in.csv"), "in");
  }
  fs::create_symlink("deep/in.csv", inside_ + "/link");
  EXPECT_EQ(read(inside_ + "/link"), "in");
  EXPECT_EQ(problem("deep/none"), "No such file or directory");
}

TEST_F(FileLimit, OpensNothingElse) {
  file_limit::set(inside_);
  fs::create_symlink("../secret", inside_ + "/up");
  fs::create_symlink(all_ / "secret", inside_ + "/whole");
  fs::create_directory_symlink("..", inside_ + "/parent");
  fs::create_symlink("/proc/self/root/etc/passwd", inside_ + "/magic");
  const auto own = "/proc/self/fd/" + std::to_string(::open((all_ / "secret").c_str(), O_RDONLY));
  for (const std::string& path :
       {all_ / "secret", all_ / "inside-not", inside_ + "/../secret", inside_ + "/up",
        std::string("up"), inside_ + "/whole", inside_ + "/parent/secret", inside_ + "/magic",
        std::string("../secret"), std::string("deep/../../secret"), std::string("/etc/passwd"),
        std::string("/"), own}) {
    EXPECT_THAT(problem(path), HasSubstr("it is not below " + inside_)) << path;
  }
}

TEST_F(FileLimit, OpensNothingIfThatIsSaid) {
  file_limit::set("none");
  file_limit::check();
  EXPECT_EQ(problem(inside_ + "/deep/in.csv"),
            "this server lets tasks read no file (--enrich-dir none): whoever operates it can name "
            "a folder, --enrich-dir DIR, and put the file below it");
}

TEST_F(FileLimit, NamesAFolderThatCannotBeUsed) {
  file_limit::set(all_ / "nowhere");
  EXPECT_THAT(problem_of([] { file_limit::check(); }),
              HasSubstr("nowhere\": No such file or directory: write a folder, or none"));
  file_limit::set(all_ / "secret");
  EXPECT_THAT(problem_of([] { file_limit::check(); }), HasSubstr("Not a directory"));
  EXPECT_THAT(problem("x"), HasSubstr("the folder of --enrich-dir: Not a directory"));
}

/// From now on this process has no openat2, as before Linux 5.6.
void forbid_openat2(int error) {
  sock_filter code[] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
                        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat2, 0, 1),
                        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | static_cast<unsigned>(error)),
                        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
  const sock_fprog program{static_cast<unsigned short>(std::size(code)), code};
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
      ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
    ::_exit(9);
}

TEST_F(FileLimit, RefusesIfTheKernelCannotKeepToIt) {
  for (const int error : {ENOSYS, EPERM}) {
    const pid_t child = ::fork();
    if (child == 0) {
      forbid_openat2(error);
      file_limit::set(inside_);
      const auto said = problem_of([] { file_limit::check(); });
      const auto later = problem("deep/in.csv");
      const auto told = [](const std::string& s) {
        return s.find("no openat2 (Linux 5.6)") != s.npos;
      };
      ::_exit((told(said) ? 0 : 1) + (told(later) ? 0 : 2));
    }
    int status = -1;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }
}

}  // namespace
}  // namespace kapacitor
