#include <signal.h>
#include <sys/wait.h>

#include <atomic>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "isolation_fixture.hpp"
#include "support/service_manager.hpp"

// The supervisor itself is killed, and the next one goes on with what a service manager has kept.
namespace kapacitor::udf::test {
namespace {

using namespace std::chrono_literals;
using test_support::eventually;
using testing::HasSubstr;
using testing::Not;

class FdStore : public Isolation {
 protected:
  static constexpr auto goes_on = "going on after the end of the process before";

  void start_service(std::vector<std::string> more) {
    more.insert(more.begin(),
                {KAPACITOR_UDF_BIN "/kapacitor-udfd", "--fd-store", "--socket-dir", dir_.path()});
    manager_ = std::make_unique<test_support::service_manager>(dir_ / "notify", more, log_path());
  }
  bool kill_supervisor() {
    const auto before = count(goes_on);
    manager_->kill_and_start_again();
    return eventually([&] { return count(goes_on) == before + 1; });
  }
  bool hand_over() {
    const auto before = count(taken_over);
    EXPECT_TRUE(eventually([&] { return manager_->ready(); }));
    ::kill(manager_->pid(), SIGHUP);
    return eventually([&] { return count(taken_over) > before; });
  }
  unix_client averages() {
    return task(socket("moving_average"), {{"field", {"value"}}, {"size", {2}}});
  }

  std::unique_ptr<test_support::service_manager> manager_;
};

TEST_F(FdStore, AKilledSupervisorCostsNoAnswerUnderLoad) {
  start_service({"--function", "moving_average"});
  std::vector<std::unique_ptr<stream_of_pairs>> streams;
  for (int i = 0; i < 3; ++i) streams.push_back(std::make_unique<stream_of_pairs>(averages()));
  std::atomic<bool> over = false;
  std::thread killer([&] {
    for (int i = 0; !over; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(150 + 37 * (i % 5)));
      if (over) return;
      // A handover in between must not change what is kept.
      i % 3 == 1 ? static_cast<void>(hand_over()) : manager_->kill_and_start_again();
    }
  });
  std::vector<std::thread> running;
  for (const auto& s : streams) running.emplace_back([&s] { s->run(15'000, 20ms); });
  for (auto& r : running) r.join();
  over = true;
  killer.join();
  EXPECT_GT(count(goes_on), 2u) << log();
  EXPECT_GT(count(taken_over), 0u);
  for (const auto& s : streams) {
    EXPECT_EQ(s->answers(), 15'000u) << log();
    EXPECT_EQ(s->wrong(), 0u);
  }
  for (const auto* never : {"answers differently", "of no use", "not kept", "is none of"})
    EXPECT_THAT(log(), Not(HasSubstr(never)));
}

TEST_F(FdStore, KeepsHalfAFrameAndTheSocket) {
  start_service({"--function", "moving_average"});
  auto c = averages();
  EXPECT_TRUE(eventually([&] { return manager_->stored() == 4 && manager_->ready(); }));
  c.send(points(1, 4));
  EXPECT_EQ(field_of(*c.receive_answer(), "avg"), 4);
  const auto next = points(1, 6);
  for (std::size_t cut = 1; cut < next.size(); cut += 11) {
    c.send(next.substr(0, cut));
    ASSERT_TRUE(kill_supervisor()) << log();
    c.send(next.substr(cut));
    const auto answer = c.receive_answer();
    ASSERT_TRUE(answer) << log();
    EXPECT_EQ(field_of(*answer, "avg"), cut == 1 ? 5 : 6);
  }
  auto other = averages();
  other.send(points(1, 1));
  EXPECT_EQ(field_of(*other.receive_answer(), "avg"), 1);
}

TEST_F(FdStore, IsOfUseOnlyWithWorkersAndSystemd) {
  serve("identity", {"--fd-store", "--isolate", "none"});
  EXPECT_EQ(server_->wait(), 2);
  EXPECT_THAT(log(), HasSubstr("--fd-store needs workers: not with --isolate none"));
  serve("identity", {"--fd-store"});
  unix_client c(socket("identity"));
  c.send(frame_of(info_request()));
  EXPECT_TRUE(c.receive()->has_info());
  EXPECT_THAT(log(), HasSubstr("systemd did not start this program"));
}

TEST_F(FdStore, LetsGoOfConnectionsThatAreOver) {
  start_service({"--function", "moving_average"});
  auto c = averages();
  EXPECT_TRUE(eventually([&] { return manager_->stored() == 4; }));
  c.half_close();
  EXPECT_TRUE(c.wait_closed());
  EXPECT_TRUE(eventually([&] { return manager_->stored() == 2; }));
  auto open = averages();
  EXPECT_TRUE(eventually([&] { return manager_->stored() == 4; }));
  EXPECT_EQ(manager_->stop(SIGTERM), 0);
  EXPECT_TRUE(open.wait_closed());
  EXPECT_TRUE(eventually([&] { return manager_->stored() == 0; }));
  EXPECT_FALSE(std::filesystem::exists(socket("moving_average")));
}

}  // namespace
}  // namespace kapacitor::udf::test
