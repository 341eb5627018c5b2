// Everything that writes a file, each with a disk that is full, one that fills up, a limit to the
// size of files, and a folder that vanishes: it keeps what it has, counts what it could not write,
// and goes on.

#include <sys/mount.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <ostream>
#include <regex>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/child.hpp"
#include "support/temp_dir.hpp"

namespace {

using test_support::read_file;
using test_support::write_file;
using ::testing::HasSubstr;

constexpr int points = 20'000;

/// A small disk, mounted at a folder.
class small_disk {
 public:
  small_disk(std::string at, int kib) : at_(std::move(at)) {
    std::filesystem::create_directory(at_);
    const auto size = "size=" + std::to_string(kib) + "k";
    mounted_ = ::mount("none", at_.c_str(), "tmpfs", 0, size.c_str()) == 0;
  }
  small_disk(const small_disk&) = delete;
  small_disk& operator=(const small_disk&) = delete;
  ~small_disk() {
    if (mounted_) ::umount2(at_.c_str(), MNT_DETACH);
  }
  bool mounted() const { return mounted_; }
  void fill() const {
    std::ofstream out(at_ + "/filler", std::ios::binary);
    for (const std::string page(4096, 'x'); out.write(page.data(), 4096).flush();) {
    }
  }

 private:
  std::string at_;
  bool mounted_ = false;
};

struct writer {
  std::string name;     // of the test
  std::string command;  // of a shell; HOST, UDFD, GENERATOR; FILE is what it writes
  int exit_code;
  std::string says;          // on stderr
  std::string file;          // the name of FILE
  std::string left;          // what is kept: "FILE", "FILE.part", "": nothing need be
  bool much = true;          // it writes more than any of the limits
  std::string account = {};  // a line of the summary with the points that are in the file

  friend std::ostream& operator<<(std::ostream& out, const writer& w) { return out << w.name; }
};

const std::string identity = R"(HOST run --progress off --exec "UDFD --stdio identity" )";
const std::string average =
    R"(HOST run --progress off --exec "UDFD --stdio moving_average" --opt field=x --opt size=9 )";

const std::vector<writer> writers = {
    {"HostOutput", identity + "--input IN --output FILE", 1, "cannot write the output, going on",
     "out.jsonl", "FILE", true, "  written   "},
    {"HostOutputByStdout", identity + "--input IN > FILE", 1, "cannot write the output, going on",
     "out.jsonl", "FILE", true, "  written   "},
    {"HostSnapshot", average + "--input IN --output OK --snapshot FILE --snapshot-at-end", 1,
     "snapshots 1 could not be written", "state", "", false},
    {"HostSummary", identity + "--input IN --output OK --summary FILE", 1,
     "cannot write the --summary", "summary.json", "", false},
    {"HostLog", identity + "--input IN --output OK --log-file FILE", 0,
     "cannot write the log file, its lines come here", "log", "", false},
    {"HostRecordingOfLines", "HOST record FILE --progress off --input IN", 1,
     "the recording ends, its file cannot be written", "r.lp", "FILE.part", true, "  written   "},
    {"HostRecording", "HOST record FILE --progress off --input IN", 1,
     "the recording ends, its file cannot be written", "r.srpl", "FILE.part"},
    {"HostPackedRecording", "HOST record FILE --progress off --input IN", 1,
     "the recording ends, its file cannot be written", "r.srpl.gz", "FILE.part"},
    {"GeneratorFile",
     "GENERATOR --target file --output FILE --speed max --points 20000 --batch 500", 1,
     "refuses our points", "g.lp", "FILE", true, "accepted "},
    {"GeneratorFileOfALiveStream",
     "GENERATOR --target file --output FILE --rate 40000 --duration 500ms --max-retry-time 300ms",
     1, "has not taken our points for too long", "g.lp", "FILE", true, "accepted "},
    {"GeneratorStdout", "GENERATOR --dry-run --points 20000 --batch 500 > FILE", 1,
     "refuses our points", "g.lp", "FILE", true, "accepted "},
    {"GeneratorLabels", "GENERATOR --dry-run --points 400000 -q --labels FILE > OK", 1,
     "rows are missing", "truth.jsonl", "FILE", false},
    {"GeneratorLabelsOfPoints", "GENERATOR --dry-run --points 20000 --labels FILE > OK", 1,
     "rows are missing", "truth.csv", "FILE"},
    {"GeneratorWindows", "GENERATOR --dry-run --points 400000 --labels-nab FILE > OK", 1,
     "--labels-nab: cannot write", "windows.json", "", false},
    {"GeneratorSummary", "GENERATOR --dry-run --points 20 --summary FILE > OK", 1,
     "cannot write the --summary", "summary.json", "", false},
    {"GeneratorLog",
     "GENERATOR --target null --rate 100 --duration 300ms --progress 10ms --log-file FILE", 0,
     "cannot write the log file, its lines come here", "log", "", false},
    {"ServerLog", "timeout -s TERM 1 SERVER --function identity --socket-dir DIR --log-file FILE",
     124, "cannot write the log file, its lines come here", "log", "", false},
};

/// Whole words only: a temporary folder's name may have any letters.
std::string replaced(const std::string& text, const std::string& word, const std::string& by) {
  return std::regex_replace(text, std::regex("\\b" + word + "\\b"), by);
}

/// The number behind some words; nothing if they are not there.
std::optional<long> number_after(const std::string& text, const std::string& words) {
  const auto at = text.find(words);
  if (at == text.npos) return std::nullopt;
  return std::stol(text.substr(at + words.size()));
}

class Writers : public testing::TestWithParam<writer> {
 protected:
  void SetUp() override {
    std::string lines;
    for (int i = 0; i < points; ++i) {
      lines += "m,host=h" + std::to_string(i % 7) + " x=" + std::to_string(i) + " 17000000" +
               std::to_string(10'000'000'000 + i) + "\n";
    }
    write_file(dir / "in", lines);
  }

  std::string worded(std::string text, const std::string& folder) const {
    const std::string bin = KAPACITOR_UDF_BIN;
    text = replaced(text, "HOST", bin + "/kapacitor-udf-host");
    text = replaced(text, "UDFD", bin + "/kapacitor-udfd --log-level error");
    text = replaced(text, "SERVER", bin + "/kapacitor-udfd");
    text = replaced(text, "GENERATOR", bin + "/kapacitor-udf-generator");
    text = replaced(text, "FILE", folder + "/" + GetParam().file);
    text = replaced(text, "IN", dir / "in");
    text = replaced(text, "OK", dir / "ok");
    return replaced(text, "DIR", dir.path().string());
  }

  /// Runs it with its file in that folder. Returns: the exit code
  int run(const std::string& folder, const std::string& first = "") {
    const auto command = "(" + first + worded(GetParam().command, folder) +
                         ") 2>&1 >/dev/null | cat >" + (dir / "err") + "; exit ${PIPESTATUS[0]}";
    test_support::child shell({"bash", "-c", command});
    const auto code = shell.wait(std::chrono::seconds(60)).value_or(-1);
    err = read_file(dir / "err");
    return code;
  }

  void expect_failure(int code) {
    EXPECT_EQ(code, GetParam().exit_code) << err;
    EXPECT_THAT(err, HasSubstr(GetParam().says));
    // A status of HTTP would send the user to a server that has no part in it.
    EXPECT_THAT(err, testing::Not(HasSubstr("refuses our points: 403")));
  }

  /// Whole lines, or whole gzips, and as many points as the summary says.
  void expect_kept(const std::string& folder) {
    if (GetParam().left.empty()) return;
    const auto name = worded(GetParam().left, folder);
    if (GetParam().file.ends_with(".gz")) {
      test_support::child gunzip({"bash", "-c", "gzip -dc < " + name + " > " + (dir / "plain")});
      ASSERT_EQ(gunzip.wait(), 0);
    }
    const auto text = read_file(GetParam().file.ends_with(".gz") ? dir / "plain" : name);
    ASSERT_FALSE(text.empty()) << err;
    EXPECT_EQ(text.back(), '\n');
    if (GetParam().account.empty()) return;
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), number_after(err, GetParam().account))
        << err;
  }

  const test_support::temp_dir dir;
  std::string err;
};

TEST_P(Writers, SayThatTheDiskIsFull) {
  const small_disk disk(dir / "disk", 64);
  if (!disk.mounted()) GTEST_SKIP() << "no disk can be mounted here";
  disk.fill();
  expect_failure(run(dir / "disk"));
  EXPECT_THAT(err, HasSubstr("No space left on device"));
}

/// Those that write more than the disks hold.
class MuchWriters : public Writers {};

TEST_P(MuchWriters, KeepWhatADiskThatFillsUpHasTaken) {
  const small_disk disk(dir / "disk", GetParam().file.ends_with(".gz") ? 80 : 600);
  if (!disk.mounted()) GTEST_SKIP() << "no disk can be mounted here";
  expect_failure(run(dir / "disk"));
  expect_kept(dir / "disk");
}

TEST_P(MuchWriters, TakeALimitToTheSizeOfFilesForAFullDisk) {
  const auto limit = GetParam().file.ends_with(".gz") ? "80" : "600";
  const auto code = run(dir.path().string(), "ulimit -f " + std::string(limit) + "; ");
  // Who could wait for room waits in vain here, and may say so in other words.
  EXPECT_EQ(code, GetParam().exit_code) << err;
  EXPECT_THAT(err, HasSubstr("File too large"));
  expect_kept(dir.path().string());
}

std::vector<writer> much_writers() {
  std::vector<writer> result;
  std::copy_if(std::begin(writers), std::end(writers), std::back_inserter(result),
               [](const writer& w) { return w.much; });
  return result;
}

INSTANTIATE_TEST_SUITE_P(All, Writers, testing::ValuesIn(writers),
                         [](const auto& tested) { return tested.param.name; });
INSTANTIATE_TEST_SUITE_P(All, MuchWriters, testing::ValuesIn(much_writers()),
                         [](const auto& tested) { return tested.param.name; });

/// Runs a command of a shell in which `gone` is removed. Returns: the exit code, and stderr
std::pair<int, std::string> run_in(const test_support::temp_dir& dir, std::string command) {
  const std::string bin = KAPACITOR_UDF_BIN;
  command = replaced(command, "HOST", bin + "/kapacitor-udf-host");
  command = replaced(command, "UDFD", bin + "/kapacitor-udfd --log-level error");
  command = replaced(command, "GENERATOR", bin + "/kapacitor-udf-generator");
  std::filesystem::create_directory(dir / "gone");
  command = "cd " + dir.path().string() + "; " + command;
  test_support::child shell({"bash", "-c", command}, {"", dir / "out", dir / "err"});
  const int code = shell.wait(std::chrono::seconds(60)).value_or(-1);
  return {code, read_file(dir / "err")};
}

/// Ten points, then the folder goes, then ten points.
const std::string input =
    "(seq 10 | sed 's/.*/m x=& 1700000000000000000/'; sleep 0.6; rm -rf gone; "
    "seq 10 | sed 's/.*/m x=& 1700000000000000001/'; sleep 0.3) | ";

TEST(FolderThatVanishes, TakesTheHostsOutputAlongAndNoMore) {
  const test_support::temp_dir dir;
  const auto [code, err] = run_in(dir, input + identity + "--output gone/out.jsonl");
  EXPECT_EQ(code, 1) << err;
  EXPECT_THAT(err, HasSubstr("lost      10\n"));
  EXPECT_THAT(err, HasSubstr("cannot write the output, going on"));
}

TEST(FolderThatVanishes, TakesTheHostsSnapshotAlongAndNoAnswer) {
  const test_support::temp_dir dir;
  const auto [code, err] = run_in(
      dir, input + average + "--snapshot gone/state --snapshot-interval 50ms --output out.jl");
  EXPECT_EQ(code, 1) << err;
  EXPECT_THAT(err, HasSubstr("snapshot not written, going on"));
  EXPECT_THAT(err, HasSubstr("lost      0\n"));
  EXPECT_THAT(err, HasSubstr("written   20 to the file\n"));
}

TEST(FolderThatVanishes, TakesARecordingAlongWhichIsSaid) {
  const test_support::temp_dir dir;
  const auto [code, err] = run_in(dir, input + "HOST record gone/r.lp --progress off");
  EXPECT_EQ(code, 1) << err;
  EXPECT_THAT(err, HasSubstr("gone/r.lp: No such file or directory"));
  EXPECT_THAT(err, HasSubstr("lost      20\n"));
}

TEST(FolderThatVanishes, EndsAGeneratorThatWritesThere) {
  const test_support::temp_dir dir;
  const auto [code, err] = run_in(
      dir,
      "GENERATOR --target file --output gone/g.lp --rate 100 --duration 1s & p=$!; sleep 0.5; "
      "rm -rf gone; wait $p");
  EXPECT_EQ(code, 1) << err;
  EXPECT_THAT(err, HasSubstr("No such file or directory"));
}

}  // namespace
