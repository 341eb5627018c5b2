#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fixture.hpp"
#include "support/child.hpp"

// The real programs.
namespace kapacitor::udf::test {
namespace {

using namespace std::chrono_literals;
using test_support::child;
using test_support::eventually;
using test_support::read_file;
using testing::AllOf;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::StartsWith;

const std::string udfd = KAPACITOR_UDF_BIN "/kapacitor-udfd";

class Udfd : public testing::Test {
 protected:
  struct outcome {
    int code;
    std::string out, err;
  };
  /// Runs it to its end.
  outcome run(std::vector<std::string> words, const std::string& program = udfd) {
    words.insert(words.begin(), program);
    child c(words, {"", dir_ / "out", dir_ / "err"});
    const auto code = c.wait();
    return {code.value_or(-1), read_file(dir_ / "out"), read_file(dir_ / "err")};
  }
  /// Starts it in a folder of sockets.
  std::unique_ptr<child> start(std::vector<std::string> words = {},
                               const std::string& program = udfd) {
    std::filesystem::create_directory(sockets());
    words.insert(words.begin(), program);
    if (program == udfd) words.insert(words.end(), {"--socket-dir", sockets()});
    return std::make_unique<child>(words,
                                   test_support::child_streams{"", dir_ / "out", dir_ / "err"});
  }
  std::string sockets() const { return dir_ / "sockets"; }
  std::string socket(const std::string& name) const { return sockets() + "/" + name + ".sock"; }
  std::string log() const { return read_file(dir_ / "err"); }

  /// What must be one line, with exit code 2.
  std::string problem_of(const std::vector<std::string>& words) {
    const auto o = run(words);
    EXPECT_EQ(o.code, 2);
    EXPECT_EQ(std::count(o.err.begin(), o.err.end(), '\n'), 1) << o.err;
    EXPECT_EQ(o.out, "");
    return o.err;
  }
  static unix_client averaging(const std::string& path) {
    unix_client c(path);
    c.send(frame_of(init_request({{"field", {"value"}}, {"size", {2}}})));
    const auto answer = c.receive_answer();
    EXPECT_TRUE(answer && answer->init().success());
    return c;
  }

  test_support::temp_dir dir_;
};

TEST_F(Udfd, ServesEveryFunctionAndRemovesItsSocketsOnSigterm) {
  auto server = start();
  {
    auto c = averaging(socket("moving_average"));
    c.send(points(1, 4) + points(1, 6));
    EXPECT_EQ(field_of(*c.receive_answer(), "avg"), 4);
    EXPECT_EQ(field_of(*c.receive_answer(), "avg"), 5);
  }
  for (const auto* name : {"ewma", "outliers", "identity", "identity_batch"}) {
    unix_client c(socket(name));
    c.send(frame_of(info_request()));
    c.half_close();
    EXPECT_EQ(c.receive_all().size(), 1U) << name;
  }
  EXPECT_EQ(server->stop(), 0);
  EXPECT_TRUE(std::filesystem::is_empty(sockets()));
  EXPECT_THAT(log(), AllOf(HasSubstr("listening function=moving_average socket=" +
                                     socket("moving_average") + " mode=0660 owner="),
                           HasSubstr("stopping signal=SIGTERM"), HasSubstr("stopped")));
}

TEST_F(Udfd, ServesTheGivenFunctionsOnly) {
  auto server = start({"--function", "ewma", "--socket-mode", "0600"});
  unix_client c(socket("ewma"));
  EXPECT_FALSE(std::filesystem::exists(socket("identity")));
  EXPECT_EQ(std::filesystem::status(socket("ewma")).permissions(), std::filesystem::perms{0600});
}

TEST_F(Udfd, AnswersEverythingItReceivedOnSigtermUnderLoad) {
  auto server = start();
  auto c = averaging(socket("moving_average"));
  const auto one = frame_of(point_request("a", 1, 1));
  std::size_t sent = 0, answered = 0;
  std::thread writer([&] {
    while (c.send(one)) ++sent;
  });
  std::thread reader([&] { answered = c.receive_all().size(); });
  std::this_thread::sleep_for(200ms);
  server->signal(SIGTERM);
  writer.join();
  reader.join();
  EXPECT_EQ(server->wait(), 0);
  // Every answer that was given has been read; what came later than the signal has none.
  EXPECT_GT(answered, 0U);
  EXPECT_LE(answered, sent);
  const auto n = std::to_string(answered);
  EXPECT_THAT(log(), HasSubstr("points_in=" + n + " points_out=" + n + " "));
  EXPECT_EQ(c.error(), 0);
}

TEST_F(Udfd, GoesOnAfterAPeerIsKilled) {
  auto server = start();
  averaging(socket("moving_average"));
  const auto peer = ::fork();
  if (peer == 0) {
    const auto c = averaging(socket("moving_average"));
    while (c.send(points(10))) continue;  // without reading
    ::_exit(1);
  }
  std::this_thread::sleep_for(100ms);
  ::kill(peer, SIGKILL);
  ::waitpid(peer, nullptr, 0);
  auto c = averaging(socket("moving_average"));
  c.send(points(1, 3));
  EXPECT_TRUE(c.receive_answer());
  EXPECT_EQ(server->stop(), 0);
  EXPECT_THAT(log(), HasSubstr("peer gone"));
}

TEST_F(Udfd, ReplacesTheSocketsOfAServerThatWasKilled) {
  auto first = start();
  { const unix_client connected(socket("ewma")); }
  first->signal(SIGKILL);
  first->wait();
  ASSERT_TRUE(std::filesystem::exists(socket("ewma")));
  auto second = start();
  EXPECT_TRUE(eventually([&] { return log().find("serving") != std::string::npos; }));
  unix_client c(socket("ewma"));
  EXPECT_THAT(log(), HasSubstr("stale socket removed"));
}

TEST_F(Udfd, RefusesToServeWhatIsServedAlready) {
  auto first = start();
  // Both write to the same log file.
  ASSERT_TRUE(eventually([&] { return log().find("serving") != std::string::npos; }));
  const auto second = run({"--socket-dir", sockets()});
  EXPECT_EQ(second.code, 2);
  // It may be on its way out.
  EXPECT_THAT(second.err, HasSubstr("another process serves the socket, waiting for its end"));
  EXPECT_THAT(second.err, AllOf(HasSubstr("kapacitor-udfd: cannot serve "),
                                HasSubstr("another process serves it already")));
  EXPECT_FALSE(first->ended());
  unix_client c(socket("moving_average"));
}

TEST_F(Udfd, ListsItsFunctionsFamilyByFamily) {
  const auto o = run({"--list"});
  EXPECT_EQ(o.code, 0);
  EXPECT_THAT(o.out,
              AllOf(StartsWith("statistics\n  moving_average  stream -> stream  "),
                    HasSubstr("\n\ndetection\n"), HasSubstr("\n  outliers        batch -> batch")));
  EXPECT_THAT(
      run({"--list", "--markdown"}).out,
      HasSubstr("| [`moving_average`](moving_average.md) | stream → stream | **`field`**, "));
}

TEST_F(Udfd, DescribesEachOfItsFunctions) {
  std::istringstream lines(run({"--list"}).out);
  std::size_t functions = 0;
  for (std::string line, name; std::getline(lines, line);) {
    if (!line.starts_with("  ")) continue;
    ++functions;
    std::istringstream(line) >> name;
    const auto o = run({"--describe", name});
    EXPECT_EQ(o.code, 0);
    EXPECT_THAT(o.out,
                AllOf(HasSubstr("@" + name + "()"), HasSubstr("[udf.functions." + name + "]"),
                      HasSubstr("args = [\"--stdio\", \"" + name + "\"]")));
    EXPECT_THAT(run({"--describe", name, "--markdown"}).out,
                AllOf(StartsWith("# " + name + "\n"), HasSubstr("\n## Options\n")));
  }
  EXPECT_GE(functions, 5U);
}

TEST_F(Udfd, ShowsHelpAndVersion) {
  EXPECT_THAT(run({"--help"}).out, HasSubstr("--socket-dir"));
  EXPECT_THAT(run({"--version"}).out, MatchesRegex("kapacitor-udfd [0-9]+\\.[0-9]+\\.[0-9]+\n"));
}

TEST_F(Udfd, NamesWhatIsWrongInOneLine) {
  EXPECT_THAT(
      problem_of({"--function", "nope"}),
      MatchesRegex("kapacitor-udfd: --function: \"nope\" is no function: write moving_average, .*, "
                   "identity, identity_batch\n"));
  EXPECT_EQ(problem_of({"--markdown"}), "kapacitor-udfd: --markdown needs --list or --describe\n");
  EXPECT_THAT(problem_of({"--describe", "nope"}), HasSubstr("--describe: \"nope\" is no function"));
  EXPECT_THAT(problem_of({"--stdio", "nope"}), HasSubstr("--stdio: \"nope\" is no function"));
  const auto missing = dir_ / "missing";
  EXPECT_EQ(problem_of({"--socket-dir", missing}),
            "kapacitor-udfd: --socket-dir " + missing +
                ": there is no such directory: create it, or name another one\n");
  EXPECT_THAT(problem_of({"--log-file", dir_ / "out/log", "--socket-dir", dir_.path().string()}),
              HasSubstr("--log-file: "));
  EXPECT_THAT(problem_of({"--nope"}), HasSubstr("--nope"));
  EXPECT_THAT(problem_of({"--config", dir_ / "missing.toml"}), HasSubstr("--config: cannot read "));
}

TEST_F(Udfd, NamesTheLineOfABadConfigurationFile) {
  test_support::write_file(dir_ / "bad.toml", "threads = 2\nthreads = oops\n");
  EXPECT_THAT(problem_of({"--config", dir_ / "bad.toml"}), HasSubstr("bad.toml:2:"));
  test_support::write_file(dir_ / "key.toml", "# comment\nthread = 2\n");
  EXPECT_THAT(problem_of({"--config", dir_ / "key.toml"}),
              HasSubstr("key.toml:2:1: \"thread\" is no key; did you mean threads?"));
}

TEST_F(Udfd, FlagsOverrideTheConfigurationFile) {
  test_support::write_file(dir_ / "udfd.toml",
                           "function = ['ewma', 'identity']\nsocket-mode = '0600'\n");
  auto server = start({"--config", dir_ / "udfd.toml", "--function", "outliers"});
  unix_client c(socket("outliers"));
  EXPECT_FALSE(std::filesystem::exists(socket("ewma")));
  EXPECT_EQ(std::filesystem::status(socket("outliers")).permissions(),
            std::filesystem::perms{0600});
}

TEST_F(Udfd, OpensItsLogFileAnewOnSighup) {
  auto server = start({"--log-file", dir_ / "log"});
  ASSERT_TRUE(
      eventually([&] { return read_file(dir_ / "log").find("serving") != std::string::npos; }));
  std::filesystem::rename(dir_ / "log", dir_ / "log.1");
  server->signal(SIGHUP);
  EXPECT_TRUE(eventually(
      [&] { return read_file(dir_ / "log").find("log file opened again") != std::string::npos; }));
  EXPECT_EQ(log(), "");
}

TEST_F(Udfd, HasNoPermissionForAFolderOfAnothers) {
  if (::geteuid() != 0) GTEST_SKIP() << "must be root to run it as somebody else";
  if (!test_support::on_path("setpriv")) GTEST_SKIP() << "setpriv is not installed";
  std::filesystem::create_directory(sockets());
  ASSERT_EQ(::chmod(dir_.path().c_str(), 0755), 0);
  const auto o = run(
      {"--reuid", "65534", "--regid", "65534", "--clear-groups", udfd, "--socket-dir", sockets()},
      "setpriv");
  if (o.code == 127 || o.err.find("setpriv") == 0)
    GTEST_SKIP() << "the build folder is closed to others: " << o.err;
  EXPECT_EQ(o.code, 2);
  EXPECT_THAT(o.err, AllOf(HasSubstr("--socket-dir " + sockets()), HasSubstr("Permission denied")));
}

TEST_F(Udfd, TakesSocketsThatSystemdOpened) {
  const auto path = dir_ / "passed.sock";
  const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(::listen(fd, 8), 0);
  if (fd != 3) {
    ASSERT_EQ(::dup2(fd, 3), 3);
    ::close(fd);
  }
  child server({"/bin/sh", "-c", "LISTEN_PID=$$ LISTEN_FDS=1 LISTEN_FDNAMES=ewma exec " + udfd},
               {"", dir_ / "out", dir_ / "err"});
  ::close(3);
  unix_client c(path);
  c.send(frame_of(info_request()));
  c.half_close();
  EXPECT_EQ(c.receive_all().size(), 1U);
  EXPECT_EQ(server.stop(), 0);
  EXPECT_TRUE(std::filesystem::exists(path));  // not ours to remove
}

/// A program that speaks on stdin and stdout.
class Stdio : public Udfd {
 protected:
  void start_on_pipes(const std::vector<std::string>& words) {
    ASSERT_EQ(::mkfifo((dir_ / "in").c_str(), 0600), 0);
    ASSERT_EQ(::mkfifo((dir_ / "answers").c_str(), 0600), 0);
    child_ = std::make_unique<child>(
        words, test_support::child_streams{dir_ / "in", dir_ / "answers", dir_ / "err"});
    in_ = ::open((dir_ / "in").c_str(), O_WRONLY | O_CLOEXEC);
    out_ = ::open((dir_ / "answers").c_str(), O_RDONLY | O_CLOEXEC);
  }
  ~Stdio() override {
    close(in_);
    close(out_);
  }
  static void close(int& fd) {
    if (fd >= 0) ::close(std::exchange(fd, -1));
  }
  void say(const std::string& bytes) const {
    ASSERT_EQ(::write(in_, bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  }
  std::optional<::agent::Response> hear() {
    for (;;) {
      if (const auto frame = wire::first_frame(heard_, 1 << 30)) {
        ::agent::Response r;
        EXPECT_TRUE(
            r.ParseFromArray(frame->message.data(), static_cast<int>(frame->message.size())));
        heard_.erase(0, frame->size);
        return r;
      }
      std::array<char, 65536> buffer;
      const auto n = ::read(out_, buffer.data(), buffer.size());
      if (n <= 0) return std::nullopt;
      heard_.append(buffer.data(), static_cast<std::size_t>(n));
    }
  }
  std::size_t hear_all() {
    std::size_t n = 0;
    while (const auto r = hear()) n += !r->has_keepalive();
    return n;
  }

  std::unique_ptr<child> child_;
  int in_ = -1, out_ = -1;
  std::string heard_;
};

const std::string slow_udf = KAPACITOR_UDF_SLOW_UDF;

TEST_F(Stdio, AnswersThroughPipesAndEndsWithItsInput) {
  start_on_pipes({udfd, "--stdio", "identity"});
  std::thread writer([&] {
    say(frame_of(init_request({})));
    say(points(20'000));
    close(in_);
  });
  EXPECT_EQ(hear_all(), 20'001U);
  writer.join();
  EXPECT_EQ(child_->wait(), 0);
}

TEST_F(Stdio, TakesAFileAndWritesAFile) {
  test_support::write_file(dir_ / "requests", frame_of(init_request({})) + points(1000));
  child c({udfd, "--stdio", "identity"}, {dir_ / "requests", dir_ / "answers", dir_ / "err"});
  EXPECT_EQ(c.wait(), 0);
  heard_ = read_file(dir_ / "answers");
  out_ = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  EXPECT_EQ(hear_all(), 1001U);
}

TEST_F(Stdio, AnswersWhatItReceivedOnSigterm) {
  start_on_pipes({udfd, "--stdio", "identity"});
  say(frame_of(init_request({})));
  ASSERT_TRUE(hear());
  say(points(300));
  child_->signal(SIGTERM);
  EXPECT_EQ(hear_all(), 300U);
  EXPECT_EQ(child_->wait(), 0);
}

TEST_F(Stdio, EndsNormallyWhereNobodyReadsAnyMore) {
  start_on_pipes({udfd, "--stdio", "identity"});
  say(frame_of(init_request({})));
  ASSERT_TRUE(hear());
  close(out_);
  say(points(1));
  EXPECT_EQ(child_->wait(), 0);
  EXPECT_THAT(log(), HasSubstr("peer gone"));
}

TEST_F(Stdio, EndsWithExitCode1AfterAnError) {
  start_on_pipes({udfd, "--stdio", "identity"});
  say("\x03xyz");
  const auto r = hear();
  ASSERT_TRUE(r);
  EXPECT_TRUE(r->has_error());
  EXPECT_EQ(child_->wait(), 1);
}

TEST_F(Stdio, ProgramOfOneFunctionSendsHeartbeatsWhileItIsBusy) {
  start_on_pipes({slow_udf});
  say(frame_of(init_request({})));
  ASSERT_TRUE(hear());
  say(points(1, 1400));
  int beats = 0;
  for (auto r = hear(); r && r->has_keepalive(); r = hear()) ++beats;
  EXPECT_GE(beats, 1);
  EXPECT_LE(beats, 15);  // one every 100 ms
  close(in_);
  EXPECT_EQ(child_->wait(), 0);
}

TEST_F(Stdio, ProgramOfOneFunctionListensDescribesAndRefuses) {
  std::filesystem::create_directory(sockets());
  {
    auto server = start({"--listen", socket("slow")}, slow_udf);
    auto c = started_task(socket("slow"));
    c.send(points(1, 0));
    EXPECT_TRUE(c.receive_answer());
    EXPECT_EQ(server->stop(), 0);
  }
  EXPECT_TRUE(std::filesystem::is_empty(sockets()));
  const auto o = run({"--describe"}, slow_udf);
  EXPECT_EQ(o.code, 0);
  EXPECT_THAT(o.out, AllOf(HasSubstr("@slow()"), HasSubstr("args = []")));
  EXPECT_THAT(run({"--describe", "--markdown"}, slow_udf).out, StartsWith("# slow\n"));
  const auto refused = run({"--threads", "0"}, slow_udf);
  EXPECT_EQ(refused.code, 2);
  EXPECT_EQ(refused.err, "slow: --threads: must be from 1 to 1024, got \"0\"\n");
}

}  // namespace
}  // namespace kapacitor::udf::test
