#include "base/text/piece_file.hpp"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <filesystem>

#include <gtest/gtest.h>

#include "base/text/error.hpp"
#include "support/temp_dir.hpp"

namespace kapacitor {
namespace {

using test_support::read_file;
using test_support::temp_dir;
using test_support::write_file;

/// No file of this process may become larger.
class file_size_limit {
 public:
  explicit file_size_limit(rlim_t bytes) {
    std::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    auto limit = before_;
    limit.rlim_cur = bytes;
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~file_size_limit() { ::setrlimit(RLIMIT_FSIZE, &before_); }
  file_size_limit(const file_size_limit&) = delete;
  file_size_limit& operator=(const file_size_limit&) = delete;

 private:
  rlimit before_{};
};

TEST(PieceFile, HoldsAPieceAsAWholeOrNotAtAll) {
  const temp_dir dir;
  piece_file file(dir / "f", piece_file::begin::empty);
  const file_size_limit limit(10);
  EXPECT_EQ(file.append("1234567\n"), 0);
  EXPECT_EQ(file.append("too long\n"), EFBIG);
  EXPECT_EQ(file.append("9\n"), 0);
  EXPECT_EQ(read_file(dir / "f"), "1234567\n9\n");
}

TEST(PieceFile, KeepsThePiecesThatAreWholeOfSeveral) {
  const temp_dir dir;
  piece_file file(dir / "f", piece_file::begin::empty);
  const file_size_limit limit(10);
  const std::size_t ends[] = {4, 8, 12};
  const auto taken = file.append("one\ntwo\nten\n", ends);
  EXPECT_EQ(taken.pieces, 2U);
  EXPECT_EQ(taken.error, EFBIG);
  EXPECT_EQ(file.append("9\n"), 0);
  EXPECT_EQ(read_file(dir / "f"), "one\ntwo\n9\n");
}

TEST(PieceFile, BeginsALineOfItsOwnWhereOthersAppendAsWell) {
  const temp_dir dir;
  piece_file file(dir / "f", piece_file::begin::at_the_end);
  {
    const file_size_limit limit(10);
    EXPECT_EQ(file.append("1234567\n"), 0);
    EXPECT_EQ(file.append("torn away\n"), EFBIG);
  }
  EXPECT_EQ(file.append("whole\n"), 0);
  EXPECT_EQ(read_file(dir / "f"), "1234567\nto\nwhole\n");
}

TEST(PieceFile, SaysThatNobodyWillFindIt) {
  const temp_dir dir;
  std::filesystem::create_directory(dir / "gone");
  piece_file file(dir / "gone/f", piece_file::begin::empty);
  EXPECT_EQ(file.append("a"), 0);
  std::filesystem::remove_all(dir / "gone");
  EXPECT_EQ(file.append("b"), ENOENT);
  EXPECT_EQ(file.sync(), ENOENT);
}

TEST(PieceFile, SaysWhyItCannotBeOpened) {
  const temp_dir dir;
  const piece_file file(dir / "no/such/f", piece_file::begin::empty);
  EXPECT_EQ(errno, ENOENT);
  EXPECT_FALSE(file.is_open());
}

TEST(PieceFile, ReportsAFullDevice) {
  piece_file file("/dev/full", piece_file::begin::empty);
  EXPECT_EQ(file.append("x"), ENOSPC);
}

TEST(ReplaceFile, KeepsTheOldOneIfTheNewOneCannotBeWritten) {
  const temp_dir dir;
  EXPECT_EQ(replace_file(dir / "f", "old"), "");
  {
    const file_size_limit limit(5);
    EXPECT_EQ(replace_file(dir / "f", "much too long"), "File too large");
  }
  EXPECT_EQ(read_file(dir / "f"), "old");
  EXPECT_EQ(replace_file(dir / "f", "new"), "");
  EXPECT_EQ(read_file(dir / "f"), "new");
  EXPECT_FALSE(std::filesystem::exists(dir / "f.new"));
}

TEST(ReplaceFile, ReplacesWhatALinkNamesAndNeverADevice) {
  const temp_dir dir;
  write_file(dir / "real", "old");
  std::filesystem::create_symlink(dir / "real", dir / "link");
  EXPECT_EQ(replace_file(dir / "link", "new"), "");
  EXPECT_EQ(read_file(dir / "real"), "new");
  EXPECT_TRUE(std::filesystem::is_symlink(dir / "link"));
  EXPECT_EQ(replace_file("/dev/null", "x"), "");
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/null"));
  EXPECT_EQ(replace_file("/dev/full", "x"), "No space left on device");
}

TEST(ReplaceFile, SaysThatThereIsNoFolder) {
  const temp_dir dir;
  const auto why = "there is no folder " + (dir / "no/such") + ": create it, or name another one";
  EXPECT_EQ(replace_file(dir / "no/such/f", "x"), why);
  EXPECT_EQ(why_not_written(dir / "no/such/f", ENOENT), why);
  EXPECT_EQ(why_not_written(dir / "f", EACCES), "Permission denied");
}

TEST(RequireFolder, RefusesAFileWhoseFolderIsMissing) {
  const temp_dir dir;
  require_folder("--summary", dir / "f");
  require_folder("--summary", "f");
  require_folder("--summary", "-");
  require_folder("--summary", "");
  EXPECT_THROW(require_folder("--summary", dir / "no/f"), usage_error);
  EXPECT_FALSE(std::filesystem::exists(dir / "no"));
}

}  // namespace
}  // namespace kapacitor
