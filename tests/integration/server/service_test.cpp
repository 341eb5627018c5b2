#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "isolation_fixture.hpp"
#include "support/service_manager.hpp"

// What the programs tell a service manager.
namespace kapacitor::udf::test {
namespace {

using namespace std::chrono_literals;
using test_support::eventually;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::StartsWith;

class Service : public Isolation {
 protected:
  static constexpr long watchdog_us = 400'000;

  void start_service(std::vector<std::string> words, long watchdog = 0) {
    manager_ = std::make_unique<test_support::service_manager>(dir_ / "notify", std::move(words),
                                                               log_path(), watchdog);
    EXPECT_TRUE(eventually([&] { return manager_->ready(); })) << log();
  }
  void start_udfd(std::vector<std::string> more, long watchdog = 0) {
    more.insert(more.begin(), {KAPACITOR_UDF_BIN "/kapacitor-udfd", "--socket-dir", dir_.path()});
    start_service(std::move(more), watchdog);
  }
  testing::AssertionResult status_becomes(const std::string& wanted) {
    if (eventually([&] { return manager_->told("STATUS") == wanted; }))
      return testing::AssertionSuccess();
    return testing::AssertionFailure() << manager_->told("STATUS");
  }
  int pings() const { return manager_->times("WATCHDOG=1"); }
  bool pings_go_on(int more) {
    const int before = pings();
    return eventually([&] { return pings() >= before + more; });
  }
  /// Longer than any ping can be under way.
  bool no_ping_within(std::chrono::milliseconds duration) {
    const int before = pings();
    std::this_thread::sleep_for(duration);
    return pings() == before;
  }

  std::unique_ptr<test_support::service_manager> manager_;
};

TEST_F(Service, IsReadyOnlyWhenItsSocketsListen) {
  start_udfd({"--function", "identity"});
  unix_client c(socket("identity"));
  c.send(frame_of(info_request()));
  EXPECT_TRUE(c.receive()->has_info());
}

TEST_F(Service, TellsTasksAndWhetherTheyHaveAWorker) {
  start_udfd({"--function", "identity", "--function", "moving_average"});
  EXPECT_TRUE(status_becomes("2 functions, 0 tasks"));
  auto c = task(socket("moving_average"), {{"field", {"value"}}, {"size", {2}}});
  EXPECT_TRUE(status_becomes("2 functions, 1 task"));
  // The first is replaced at once, the next ones later and later.
  EXPECT_TRUE(eventually(
      [&] {
        if (const auto pid = worker(); pid > 0) ::kill(pid, SIGKILL);
        return manager_->told("STATUS") == "2 functions, 1 task; 1 task waits for a new worker";
      },
      30s))
      << manager_->told("STATUS");
  EXPECT_TRUE(status_becomes("2 functions, 1 task"));
}

TEST_F(Service, TellsAReloadAndWhyItFailed) {
  const auto config = dir_ / "udfd.toml";
  std::ofstream(config) << "max-groups = 1000\n";
  start_udfd({"--function", "identity", "--config", config}, watchdog_us);
  const int ready = manager_->times("READY=1");
  ::kill(manager_->pid(), SIGHUP);
  EXPECT_TRUE(eventually([&] { return manager_->times("READY=1") == ready + 1; })) << log();
  EXPECT_EQ(manager_->times("RELOADING=1"), 1);
  EXPECT_THAT(manager_->told("MONOTONIC_USEC"), MatchesRegex("[0-9]+"));
  EXPECT_TRUE(pings_go_on(2)) << "the program that has taken over does not say that it lives";

  std::ofstream(config) << "max-groups = \"many\"\n";
  ::kill(manager_->pid(), SIGHUP);
  EXPECT_TRUE(eventually([&] { return manager_->times("READY=1") == ready + 2; })) << log();
  EXPECT_THAT(manager_->told("STATUS"), StartsWith("Reload failed: "));
  EXPECT_THAT(manager_->told("STATUS"), HasSubstr("udfd.toml:1:"));
  EXPECT_THAT(manager_->told("STATUS"), HasSubstr("; as before: 1 function, 0 tasks"));

  std::ofstream(config) << "max-groups = 2000\n";
  ::kill(manager_->pid(), SIGHUP);
  EXPECT_TRUE(status_becomes("1 function, 0 tasks")) << log();
}

TEST_F(Service, TellsThatItStops) {
  start_udfd({"--function", "identity"});
  EXPECT_EQ(manager_->stop(SIGTERM), 0);
  EXPECT_TRUE(eventually([&] { return manager_->times("STOPPING=1") == 1; }));
  EXPECT_THAT(manager_->told("STATUS"), StartsWith("Stopping: 1 function"));
}

TEST_F(Service, SaysThatItLivesOnlyIfItDoes) {
  start_udfd({"--function", "identity", "--metrics", "127.0.0.1:0"}, watchdog_us);
  EXPECT_TRUE(pings_go_on(3));
  ::kill(manager_->pid(), SIGSTOP);
  std::this_thread::sleep_for(50ms);
  EXPECT_TRUE(no_ping_within(600ms));
  ::kill(manager_->pid(), SIGCONT);
  EXPECT_TRUE(pings_go_on(3));
}

TEST_F(Service, SaysNothingOfLivingIfNobodyWaitsForIt) {
  start_udfd({"--function", "identity"});
  EXPECT_TRUE(status_becomes("1 function, 0 tasks"));
  EXPECT_TRUE(no_ping_within(1500ms));
  EXPECT_EQ(pings(), 0);
}

/// `value` of a point says for how many ms the function is at work.
class ServiceWithoutWorkers : public Service {
 protected:
  void start_slow(std::vector<std::string> more) {
    more.insert(more.begin(), {KAPACITOR_UDF_SLOW_UDF, "--listen", socket("slow"), "--isolate",
                               "none", "--threads", "2"});
    start_service(std::move(more), watchdog_us);
  }
};

TEST_F(ServiceWithoutWorkers, TellsTheSame) {
  start_slow({});
  EXPECT_TRUE(status_becomes("1 function without workers, 0 connections"));
  auto c = task(socket("slow"), {});
  EXPECT_TRUE(status_becomes("1 function without workers, 1 connection"));
  const int ready = manager_->times("READY=1");
  ::kill(manager_->pid(), SIGHUP);
  EXPECT_TRUE(eventually([&] { return manager_->times("READY=1") == ready + 1; }));
  EXPECT_EQ(manager_->times("RELOADING=1"), 1);
  EXPECT_EQ(manager_->stop(SIGTERM), 0);
  EXPECT_TRUE(eventually([&] { return manager_->times("STOPPING=1") == 1; }));
}

TEST_F(ServiceWithoutWorkers, LivesWhileAFunctionWorksAndUntilOneHangs) {
  start_slow({"--max-busy", "2s"});
  auto c = task(socket("slow"), {});
  EXPECT_TRUE(pings_go_on(3));
  c.send(frame_of(point_request("a", 1, 1500.0)));
  std::this_thread::sleep_for(500ms);  // longer than a loop may take that has no reason
  EXPECT_TRUE(pings_go_on(3));
  EXPECT_TRUE(c.receive_answer());
  c.send(frame_of(point_request("a", 2, 6000.0)));
  EXPECT_TRUE(eventually([&] { return count("function hangs") == 1; }));
  std::this_thread::sleep_for(200ms);
  EXPECT_TRUE(no_ping_within(600ms));
  manager_->stop(SIGKILL);
}

}  // namespace
}  // namespace kapacitor::udf::test
