#include "base/process/spawn.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "base/process/words.hpp"
#include "base/text/error.hpp"
#include "support/temp_dir.hpp"

namespace kapacitor {
namespace {

class Spawn : public testing::Test {
 protected:
  /// Runs it to its end. Returns: what it wrote to stdout
  std::string output_of(spawn_plan plan) {
    const auto file = dir_ / "out";
    plan.out = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    const auto pid = spawn(plan);
    ::close(plan.out);
    ::waitpid(pid, &status_, 0);
    std::ostringstream text;
    text << std::ifstream(file).rdbuf();
    return text.str();
  }
  std::string output_of(const std::string& script, spawn_plan plan = {}) {
    plan.words = {"sh", "-c", script};
    return output_of(std::move(plan));
  }
  std::string problem_with(const spawn_plan& plan) {
    try {
      spawn(plan);
    } catch (const start_error& problem) {
      return problem.what();
    }
    return "none";
  }

  test_support::temp_dir dir_;
  int status_ = -1;
};

TEST_F(Spawn, RunsAProgramOfPathWithItsWordsAsTheyAre) {
  EXPECT_EQ(output_of({.words = {"printf", "%s|", "a b", "", "$HOME"}}), "a b||$HOME|");
  EXPECT_EQ(end_of_process(status_), "exit status 0");
}

TEST_F(Spawn, SaysWhichProgramCannotBeRun) {
  EXPECT_EQ(problem_with({.words = {"no-such-program"}}),
            "cannot run no-such-program: No such file or directory");
  EXPECT_EQ(problem_with({.words = {"/"}}), "cannot run /: Permission denied");
  EXPECT_EQ(problem_with({}), "there is no program to run");
}

TEST_F(Spawn, GivesItTheDescriptorsOfThePlanAndNoOthers) {
  const int open_without_cloexec = ::open("/dev/null", O_RDONLY);
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  spawn_plan plan;
  plan.control = ends[1];
  const std::string list = "for i in $(seq 0 99); do test -e /proc/$$/fd/$i && echo $i; done";
  EXPECT_EQ(output_of("echo said >&3; " + list, plan), "0\n1\n2\n3\n");
  char said[8] = {};
  EXPECT_EQ(::read(ends[0], said, sizeof said), 5);
  EXPECT_STREQ(said, "said\n");
  EXPECT_EQ(output_of(list), "0\n1\n2\n");
  for (const int fd : {ends[0], ends[1], open_without_cloexec}) ::close(fd);
}

TEST_F(Spawn, IsInAGroupOfItsOwnAndHearsAllSignals) {
  sigset_t term, before;
  ::sigemptyset(&term);
  ::sigaddset(&term, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &term, &before);
  const auto old = ::signal(SIGINT, SIG_IGN);
  EXPECT_EQ(output_of("test $(ps -o pgid= -p $$) -eq $$ && kill -TERM $$; echo not reached"), "");
  EXPECT_EQ(end_of_process(status_), "signal 15 (Terminated)");
  EXPECT_EQ(output_of("kill -INT $$; echo not reached"), "");
  ::signal(SIGINT, old);
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

TEST_F(Spawn, SetsLimits) {
  spawn_plan plan;
  plan.limits = {{RLIMIT_DATA, 64 << 20}, {RLIMIT_CPU, 7}};
  EXPECT_EQ(output_of("ulimit -d; ulimit -t", plan), "65536\n7\n");
}

TEST_F(Spawn, MakesTheKernelKillItBeforeUs) {
  spawn_plan plan;
  plan.oom_score_adjust = 300;
  plan.nice = 3;
  const auto own = output_of("cat /proc/self/oom_score_adj; nice");
  std::istringstream words(own);
  int score = 0, nice = 0;
  words >> score >> nice;
  EXPECT_EQ(output_of("cat /proc/self/oom_score_adj; nice", plan),
            std::to_string(std::min(1000, score + 300)) + "\n" + std::to_string(nice + 3) + "\n");
}

TEST_F(Spawn, BecomesAnotherUserWithItsGroupsAndHome) {
  if (::getuid() != 0) GTEST_SKIP() << "only root may become somebody else";
  spawn_plan plan;
  plan.become = find_identity("nobody", "");
  const auto said = output_of("id -un; id -G; echo $USER $LOGNAME $HOME", plan);
  EXPECT_EQ(said.substr(0, said.find('\n')), "nobody");
  EXPECT_EQ(said.find(" 0"), std::string::npos) << said;
  EXPECT_NE(said.find("nobody nobody /"), std::string::npos) << said;
  plan.become = find_identity("12345", "23456");
  EXPECT_EQ(output_of("id -u; id -g", plan), "12345\n23456\n");
}

TEST(Identity, IsNotChangedIfNobodyIsNamed) {
  EXPECT_FALSE(find_identity("", ""));
}

TEST(Identity, NamesWhoIsNotKnown) {
  EXPECT_THROW(
      {
        try {
          find_identity("no such user", "");
        } catch (const usage_error& problem) {
          EXPECT_STREQ(problem.what(), "there is no user \"no such user\" on this machine");
          throw;
        }
      },
      usage_error);
  EXPECT_THROW(find_identity("", "no such group"), usage_error);
}

TEST_F(Spawn, EndsWithTheThreadThatStartedIt) {
  // A process in between starts it, prints its number, and is killed.
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  const pid_t between = ::fork();
  if (between == 0) {
    spawn_plan plan;
    plan.words = {"sleep", "600"};
    plan.death_signal = SIGKILL;
    plan.out = ends[1];  // held by it as long as it lives
    const auto pid = spawn(plan);
    [[maybe_unused]] const auto n = ::write(ends[1], &pid, sizeof pid);
    ::kill(::getpid(), SIGKILL);
  }
  ::close(ends[1]);
  pid_t pid = 0;
  ASSERT_EQ(::read(ends[0], &pid, sizeof pid), static_cast<ssize_t>(sizeof pid));
  char none = 0;
  EXPECT_EQ(::read(ends[0], &none, 1), 0);  // waits for its end
  ::waitpid(between, nullptr, 0);
  ::close(ends[0]);
}

std::vector<std::string> words(const std::string& text) {
  return split_words(text);
}
std::string refusal_of(const std::string& text) {
  try {
    split_words(text);
  } catch (const usage_error& problem) {
    return problem.what();
  }
  return "none";
}

TEST(Words, AreSplitAsByAShell) {
  using list = std::vector<std::string>;
  EXPECT_EQ(words("python3 f.py"), (list{"python3", "f.py"}));
  EXPECT_EQ(words("  a  'b  c' \"d 'e'\" f\\ g '' "), (list{"a", "b  c", "d 'e'", "f g", ""}));
  ::setenv("SPAWN_TEST_DIR", "/opt/x", 1);
  EXPECT_EQ(words("$SPAWN_TEST_DIR/f '$X'"), (list{"/opt/x/f", "$X"}));
}

TEST(Words, SayWhatOnlyAShellCanDo) {
  EXPECT_EQ(refusal_of("a | b"),
            "\"a | b\" has one of |&;<>(){} outside of quotes, and no shell is run: quote it, or "
            "write sh -c '...'");
  EXPECT_NE(refusal_of("a $(b)").find("has a command within it"), std::string::npos);
  EXPECT_NE(refusal_of("a $NO_SUCH_VARIABLE_X").find("names a variable that is not set"),
            std::string::npos);
  EXPECT_NE(refusal_of("a 'b").find("a quote or bracket that is not closed"), std::string::npos);
  EXPECT_EQ(refusal_of("  "), "there is no program in \"  \"");
}

}  // namespace
}  // namespace kapacitor
