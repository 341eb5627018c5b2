#include "supervise/worker_process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <regex>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/options/parse.hpp"
#include "base/text/error.hpp"
#include "program/worker_mode.hpp"
#include "server/worker_exit.hpp"
#include "support/eventually.hpp"
#include "support/requests.hpp"
#include "support/sanitized.hpp"
#include "support/temp_dir.hpp"
#include "support/unix_client.hpp"

// Worker processes, real ones: a program with a function that crashes, sh and python3.
namespace kapacitor::udf::supervise {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

struct socket_pair {
  socket_pair() {
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) std::abort();
  }
  int ends[2];
};

class WorkerProcess : public testing::Test {
 protected:
  WorkerProcess() { settings_.log = {log_level::debug, log_file()}; }

  std::string log_file() const { return dir_ / "worker.log"; }
  /// What the workers themselves have logged.
  std::string logged() const {
    std::ostringstream text;
    text << std::ifstream(log_file()).rdbuf();
    return text.str();
  }

  worker_process& start(worker_start what) {
    worker_.emplace(io_, std::move(what), hooks());
    return *worker_;
  }
  worker_process& start_own(const worker_limits& limits = {}) {
    auto words = server::worker_words(settings_, "crashing");
    words[0] = KAPACITOR_UDF_CRASHING_UDF;
    return start({.function = "crashing", .words = words, .limits = limits});
  }
  worker_process& start_ready_made(const std::string& function) {
    auto words = server::worker_words(settings_, function);
    words[0] = KAPACITOR_UDF_BIN "/kapacitor-udfd";
    return start({.function = function, .words = words});
  }
  /// An agent whose stdin and stdout is the other end of the result.
  test::unix_client start_agent(std::vector<std::string> words, const worker_limits& limits = {}) {
    const socket_pair pair;
    start({.what = worker_start::kind::agent,
           .function = "agent",
           .words = std::move(words),
           .connection = pair.ends[1],
           .limits = limits});
    return test::unix_client(pair.ends[0]);
  }
  test::unix_client connect() {
    const socket_pair pair;
    worker_->send_connection({++connections_, pair.ends[1]});
    return test::unix_client(pair.ends[0]);
  }
  test::unix_client started_task() {
    auto c = connect();
    c.send(test::frame_of(test::init_request({}, "mytask", "crashing2")));
    const auto answer = c.receive();
    EXPECT_TRUE(answer && answer->init().success());
    return c;
  }
  /// Lets the function do what that value stands for. Returns: how the worker ended
  worker_end end_by(int value, const worker_limits& limits = {}) {
    start_own(limits);
    auto c = started_task();
    c.send(test::frame_of(test::point_request("a b", 1, 0)) +
           test::frame_of(test::point_request("a b", 2, value)));
    return wait_for_end();
  }
  worker_end wait_for_end(std::chrono::seconds within = 20s) {
    const auto end = std::chrono::steady_clock::now() + within;
    while (!ended_ && std::chrono::steady_clock::now() < end) {
      io_.restart();
      io_.run_for(20ms);
    }
    if (!ended_) ADD_FAILURE() << "the worker does not end";
    return ended_.value_or(worker_end{});
  }
  /// That a process of an agent has said on stderr.
  pid_t number_in_log() {
    EXPECT_TRUE(test_support::eventually([&] {
      io_.restart();
      io_.run_for(10ms);
      return log_.find("line=") != std::string::npos;
    }));
    return std::stoi(log_.substr(log_.find("line=") + 5));
  }
  /// Whoever inherits it may not have reaped it.
  static bool is_gone(pid_t pid) {
    std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
    std::string number, name, state;
    return !(stat >> number >> name >> state) || state == "Z";
  }
  worker_process::hooks hooks() {
    return {{log_level::trace,
             [this](log_level, std::string_view line) { log_ += std::string(line) + "\n"; }},
            [this](const worker_end& e) {
              EXPECT_FALSE(ended_) << "told twice";
              ended_ = e;
            }};
  }

  asio::io_context io_;
  test_support::temp_dir dir_;
  server::settings settings_;
  std::string log_;  // ours
  std::optional<worker_end> ended_;
  std::optional<worker_process> worker_;
  std::uint64_t connections_ = 0;
};

TEST_F(WorkerProcess, ServesTheConnectionsThatItIsHanded) {
  auto& worker = start_own();
  auto first = started_task(), second = started_task();
  first.send(test::frame_of(test::point_request("a", 1, 0)));
  second.send(test::frame_of(test::point_request("a", 1, 0)));
  for (auto* c : {&first, &second}) {
    const auto answer = c->receive();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->point().fieldsint().at("pid"), worker.pid());
  }
  EXPECT_FALSE(worker.end());
}

TEST_F(WorkerProcess, ServesAnyOfTheReadyMadeFunctions) {
  auto& worker = start_ready_made("identity");
  auto c = started_task();
  c.send(test::frame_of(test::point_request("a", 7, 1.5)));
  const auto answer = c.receive();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->point().time(), 7);
  std::string name;
  std::getline(std::ifstream("/proc/" + std::to_string(worker.pid()) + "/comm"), name);
  EXPECT_EQ(name, "identity");
}

TEST_F(WorkerProcess, OfAFunctionThatIsNotThereEndsAtOnce) {
  start_ready_made("nosuch");
  EXPECT_EQ(wait_for_end().text(), "exit status 2");
}

TEST_F(WorkerProcess, SaysNothingUnlessItIsAsked) {
  start_own();
  auto c = started_task();
  c.send(test::frame_of(test::point_request("a", 1, 6)));  // hangs
  EXPECT_FALSE(c.receive(700ms)) << "a heartbeat is the supervisor's to send";
}

TEST_F(WorkerProcess, AnswersWhatItHasReceivedBeforeItEnds) {
  auto& worker = start_own();
  auto c = started_task();
  std::string points;
  for (int i = 0; i < 1000; ++i) points += test::frame_of(test::point_request("a", i, 0));
  c.send(points);
  worker.drain();
  std::size_t answers = 0;
  while (c.receive(5s)) ++answers;
  EXPECT_EQ(answers, 1000u);
  EXPECT_EQ(wait_for_end().text(), "exit status 0");
}

TEST_F(WorkerProcess, EndsIfItIsTakenToBeDrainedBeforeItHasBegun) {
  start_own().drain();
  EXPECT_EQ(wait_for_end().text(), "exit status 0");
}

TEST_F(WorkerProcess, LeavesSignalsOfATerminalOrServiceToTheSupervisor) {
  auto& worker = start_own();
  auto c = started_task();
  ::kill(worker.pid(), SIGINT);
  ::kill(worker.pid(), SIGTERM);
  EXPECT_NE(::getpgid(worker.pid()), ::getpgrp());
  c.send(test::frame_of(test::point_request("a", 1, 0)));
  EXPECT_TRUE(c.receive());
}

TEST_F(WorkerProcess, OpensItsLogFileAgainAlsoIfToldBeforeItListens) {
  auto& worker = start_own();
  worker.reopen_log();
  auto c = started_task();
  const auto renamed = dir_ / "old.log";
  ASSERT_EQ(::rename(log_file().c_str(), renamed.c_str()), 0);
  worker.reopen_log();
  EXPECT_TRUE(test_support::eventually([&] { return ::access(log_file().c_str(), F_OK) == 0; }));
  started_task();
  EXPECT_TRUE(test_support::eventually(
      [&] { return logged().find("connection opened") != std::string::npos; }));
}

TEST_F(WorkerProcess, IsKilledWithItsGroup) {
  const auto c = start_agent({"sh", "-c", "sleep 600 & echo $! >&2; wait"});
  const auto child = number_in_log();
  EXPECT_FALSE(is_gone(child));
  worker_->kill();
  EXPECT_EQ(wait_for_end().text(), "signal 9 (Killed)");
  EXPECT_TRUE(test_support::eventually([&] { return is_gone(child); }));
}

TEST_F(WorkerProcess, LeavesNobodyBehind) {
  const auto c = start_agent({"sh", "-c", "sleep 600 & echo $! >&2"});
  EXPECT_EQ(wait_for_end().text(), "exit status 0");
  const auto child = number_in_log();
  EXPECT_TRUE(test_support::eventually([&] { return is_gone(child); }));
}

TEST_F(WorkerProcess, ServesWithoutAScoreboardIfItGetsNone) {
  start_own();
  worker_->send_scoreboard(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  auto c = started_task();
  c.send(test::frame_of(test::point_request("a", 1, 0)));
  EXPECT_TRUE(c.receive());
  EXPECT_THAT(logged(), HasSubstr("what it counts is not told"));
}

TEST_F(WorkerProcess, IsNotLeftBehindByItsOwner) {
  const auto pid = start_own().pid();
  worker_.reset();
  EXPECT_EQ(::kill(pid, 0), -1);
  io_.restart();
  io_.run_for(20ms);
  EXPECT_FALSE(ended_);
}

TEST_F(WorkerProcess, EndsWithItsSupervisorWhateverItIsDoing) {
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  const pid_t supervisor = ::fork();
  if (supervisor == 0) {
    asio::io_context io;
    auto words = server::worker_words(settings_, "crashing");
    words[0] = KAPACITOR_UDF_CRASHING_UDF;
    worker_process worker(io, {.function = "crashing", .words = words}, {});
    const socket_pair pair;
    worker.send_connection({1, pair.ends[1]});
    test::unix_client c(pair.ends[0]);
    c.send(test::frame_of(test::init_request({})) + test::frame_of(test::point_request("a", 1, 0)));
    c.receive(), c.receive();
    c.send(test::frame_of(test::point_request("a", 1, 6)));
    ::usleep(100'000);  // it hangs now
    const pid_t pid = worker.pid();
    [[maybe_unused]] const auto n = ::write(ends[1], &pid, sizeof pid);
    ::kill(::getpid(), SIGKILL);
  }
  ::close(ends[1]);
  pid_t pid = 0;
  ASSERT_EQ(::read(ends[0], &pid, sizeof pid), static_cast<ssize_t>(sizeof pid));
  ::waitpid(supervisor, nullptr, 0);
  EXPECT_TRUE(test_support::eventually([&] { return is_gone(pid); }, 3s)) << pid;
  ::close(ends[0]);
}

TEST_F(WorkerProcess, ThatExitsByItselfSaysHow) {
  EXPECT_EQ(end_by(8).text(), "exit status 3");
}

/// What a worker reports of itself.
class WorkerReport : public WorkerProcess {
  void SetUp() override {
    if (test::sanitized) GTEST_SKIP() << "a sanitizer has handlers and limits of its own";
  }
};

/// The line of the report, and that a stack follows.
std::string report_in(const std::string& log) {
  const std::regex report(
      "(^|\n)(\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}[+-]\\d\\d:\\d\\d "
      "error (function|program) [^\n]*)\n[^\n]*\\[0x");
  std::smatch found;
  return std::regex_search(log, found, report) ? found[2].str().substr(30) : "none in " + log;
}

constexpr char place[] = "function=crashing task=mytask node=crashing2 frame=3 group=\"host=a b\"";

TEST_F(WorkerReport, ReportsWhereItCrashed) {
  EXPECT_EQ(end_by(1).signal, SIGSEGV);
  EXPECT_EQ(report_in(logged()),
            std::string("error function crashed signal=SIGSEGV address=0x0 ") + place);
}

TEST_F(WorkerReport, ReportsThatItAborts) {
  EXPECT_EQ(end_by(2).signal, SIGABRT);
  EXPECT_EQ(report_in(logged()), std::string("error function crashed signal=SIGABRT ") + place);
}

TEST_F(WorkerReport, ReportsAnExceptionThatNobodyMayCatch) {
  EXPECT_EQ(end_by(5).signal, SIGABRT);
  EXPECT_EQ(report_in(logged()), std::string("error function crashed signal=SIGABRT ") + place);
}

TEST_F(WorkerReport, ReportsADivisionByZero) {
  EXPECT_EQ(end_by(7).signal, SIGFPE);
  EXPECT_THAT(report_in(logged()), HasSubstr("error function crashed signal=SIGFPE address=0x"));
}

TEST_F(WorkerReport, ReportsAStackThatOverflows) {
  EXPECT_EQ(end_by(3).signal, SIGSEGV);
  EXPECT_THAT(report_in(logged()), HasSubstr(std::string(" cause=stack_overflow ") + place));
}

TEST_F(WorkerReport, ReportsASignalThatSomebodySent) {
  auto& worker = start_own();
  const auto c = started_task();
  ::kill(worker.pid(), SIGSEGV);
  EXPECT_EQ(wait_for_end().signal, SIGSEGV);
  EXPECT_EQ(report_in(logged()), "error program crashed signal=SIGSEGV");
}

TEST_F(WorkerReport, ReportsWhereItHangsIfItIsInterrupted) {
  auto& worker = start_own();
  auto c = started_task();
  c.send(test::frame_of(test::point_request("a b", 1, 0)));
  c.receive();
  c.send(test::frame_of(test::point_request("a b", 2, 6)));
  ::usleep(100'000);  // it hangs now
  worker.interrupt();
  EXPECT_EQ(wait_for_end().text(), "signal 6 (Aborted)");
  EXPECT_EQ(report_in(logged()), std::string("error function interrupted signal=SIGABRT ") + place);
}

TEST_F(WorkerReport, ThatIsInterruptedWithoutWorkEnds) {
  auto& worker = start_own();
  const auto c = started_task();
  worker.interrupt();
  EXPECT_EQ(wait_for_end().signal, SIGABRT);
  EXPECT_EQ(report_in(logged()), "error program crashed signal=SIGABRT");
}

TEST_F(WorkerReport, ThatTakesAllMemoryEndsAlone) {
  const auto end = end_by(4, {.memory = std::uint64_t{512} << 20});
  EXPECT_TRUE(end.out_of_memory);
  EXPECT_EQ(end.exit_status, server::worker_exit::out_of_memory);
  EXPECT_EQ(end.text(), "exit status 75, out of memory");
  EXPECT_EQ(report_in(logged()), std::string("error function ran out of memory ") + place);
}

TEST_F(WorkerProcess, ThatUsesUpItsTimeIsEndedByTheKernel) {
  start_agent({"sh", "-c", "while :; do :; done"}, {.cpu_time = 1s});
  const auto end = wait_for_end();
  EXPECT_TRUE(end.out_of_cpu_time);
  EXPECT_THAT(end.text(), HasSubstr(", CPU time used up"));
  EXPECT_GT(end.cpu, 500ms);
}

TEST_F(WorkerProcess, OfAnyLanguageHasTheConnectionAsItsStdinAndStdout) {
  auto c = start_agent({"python3", "-u", "-c",
                        "import sys\n"
                        "data = sys.stdin.buffer.read()\n"
                        "sys.stdout.buffer.write(data)\n"
                        "print('read', len(data), file=sys.stderr)\n"
                        "sys.exit(4)"});
  c.send(test::frame_of(test::point_request("a", 1, 0)));
  c.half_close();
  ::agent::Response echo;
  const auto frame = test::frame_of(test::point_request("a", 1, 0));
  std::string back(frame.size(), '\0');
  EXPECT_EQ(::recv(c.fd(), back.data(), back.size(), MSG_WAITALL),
            static_cast<ssize_t>(frame.size()));
  EXPECT_EQ(back, frame);
  worker_->set_label("task=t node=f2");
  EXPECT_EQ(wait_for_end().text(), "exit status 4");
  EXPECT_THAT(log_, HasSubstr("UDF log function=agent task=t node=f2 line=\"read " +
                              std::to_string(frame.size()) + "\"\n"));
  EXPECT_TRUE(c.wait_closed());
}

TEST_F(WorkerProcess, HasItsLastWordsInTheLogBeforeItsEndIsTold) {
  start_agent({"sh", "-c", "echo one >&2; printf two >&2; kill -9 $$"});
  EXPECT_EQ(wait_for_end().text(), "signal 9 (Killed)");
  EXPECT_THAT(log_, HasSubstr("line=one\n"));
  EXPECT_THAT(log_, HasSubstr("line=two\n"));
}

TEST_F(WorkerProcess, WithoutMemoryIsToldSoByItsAllocator) {
  start_agent({"python3", "-c", "x = bytearray(400 << 20)"}, {.memory = std::uint64_t{200} << 20});
  EXPECT_EQ(wait_for_end().exit_status, 1);
  EXPECT_THAT(log_, HasSubstr("MemoryError"));
}

TEST_F(WorkerProcess, ThatCannotBeStartedSaysWhyAndClosesItsConnection) {
  const socket_pair pair;
  try {
    const worker_process never(io_,
                               {.what = worker_start::kind::agent,
                                .function = "agent",
                                .words = {"no-such-agent"},
                                .connection = pair.ends[1]},
                               hooks());
    ADD_FAILURE() << "it was started";
  } catch (const start_error& problem) {
    EXPECT_STREQ(problem.what(), "cannot run no-such-agent: No such file or directory");
  }
  EXPECT_TRUE(test::unix_client(pair.ends[0]).wait_closed());
}

TEST_F(WorkerProcess, BecomesTheUserThatItIsToBe) {
  if (::getuid() != 0) GTEST_SKIP() << "only root may start a process as somebody else";
  const socket_pair pair;
  start({.what = worker_start::kind::agent,
         .function = "agent",
         .words = {"sh", "-c", "id -un >&2"},
         .connection = pair.ends[1],
         .user = "nobody"});
  wait_for_end();
  ::close(pair.ends[0]);
  EXPECT_THAT(log_, HasSubstr("line=nobody\n"));
}

TEST_F(WorkerProcess, TakesManyConnectionsAtOnceWithoutMakingAnybodyWait) {
  start_own();
  std::vector<test::unix_client> all;
  for (int i = 0; i < 500; ++i) all.push_back(connect());
  for (auto& c : all) c.send(test::frame_of(test::init_request({})));
  const auto end = std::chrono::steady_clock::now() + 20s;
  std::size_t answered = 0;
  for (auto& c : all) {
    std::optional<::agent::Response> answer;
    while (!answer && std::chrono::steady_clock::now() < end) {
      io_.restart();
      io_.run_for(1ms);
      answer = c.receive(50ms);
    }
    answered += answer && answer->init().success();
  }
  EXPECT_EQ(answered, all.size());
}

TEST(WorkerMode, GetsTheSettingsOfTheSupervisor) {
  server::settings s, read;
  s.server.threads = 3;
  s.server.session = {.max_message = 12345, .max_snapshot = 54321, .strict_restore = true};
  s.server.session.limits.max_groups = 77;
  s.server.session.limits.group_ttl = 90min;
  s.log = {log_level::warn, "/tmp/some log"};
  const auto words = server::worker_words(s, "f");
  std::vector<const char*> argv;
  for (const auto& word : words) argv.push_back(word.c_str());
  ASSERT_TRUE(server::is_worker(static_cast<int>(argv.size()), argv.data()));
  parse_options(server::program_options(read, "f", ""), static_cast<int>(argv.size()) - 2,
                argv.data() + 2, [](const std::string&) { return nullptr; });
  EXPECT_EQ(read.server.threads, 3u);
  EXPECT_EQ(read.server.session.max_message, 12345u);
  EXPECT_EQ(read.server.session.max_snapshot, 54321u);
  EXPECT_EQ(read.server.session.limits.max_groups, 77u);
  EXPECT_EQ(read.server.session.limits.group_ttl, 90min);
  EXPECT_TRUE(read.server.session.strict_restore);
  EXPECT_EQ(read.log.least, log_level::warn);
  EXPECT_EQ(read.log.file, "/tmp/some log");
}

TEST(WorkerMode, IsNotForPeople) {
  const auto command = std::string(KAPACITOR_UDF_CRASHING_UDF) + " --worker crashing 3<&- 2>&1";
  auto* out = ::popen(command.c_str(), "r");
  char text[512] = {};
  ASSERT_GT(::fread(text, 1, sizeof text - 1, out), 0u);
  EXPECT_EQ(WEXITSTATUS(::pclose(out)), 2);
  EXPECT_THAT(text, HasSubstr("--worker is for the program itself: descriptor 3 is no control "
                              "socket"));
}

}  // namespace
}  // namespace kapacitor::udf::supervise
