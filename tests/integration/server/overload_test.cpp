#include <algorithm>
#include <atomic>
#include <chrono>
#include <fstream>
#include <memory>
#include <regex>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fixture.hpp"
#include "support/child.hpp"
#include "support/policy_name.hpp"

// A function of the real programs is too slow for its points.
namespace kapacitor::udf::test {
namespace {

using namespace std::chrono_literals;
using journal::on_overload;
using test_support::child;
using test_support::read_file;
using testing::AllOf;
using testing::HasSubstr;
using clock = std::chrono::steady_clock;

constexpr std::size_t sent = 5000;  // points, each of which takes 1 ms

/// Of half a KiB, so that no socket holds many of them.
std::string point_frame(std::size_t i, double ms) {
  auto request = point_request("a", static_cast<std::int64_t>(i), ms);
  (*request.mutable_point()->mutable_fieldsstring())["pad"] = std::string(500, 'x');
  return frame_of(request);
}

/// What a peer saw that sent everything as fast as it could.
struct outcome {
  std::vector<std::int64_t> answered;  // the times of the points
  std::size_t answers_before_keepalive = 0;
  clock::duration sending{};
  bool error = false;
};

outcome flood(unix_client c) {
  outcome seen;
  std::thread writer([&] {
    const auto begin = clock::now();
    for (std::size_t i = 0; i < sent; ++i) ASSERT_TRUE(c.send(point_frame(i, 1)));
    seen.sending = clock::now() - begin;
    ASSERT_TRUE(c.send(frame_of(keepalive_request(77))));
    c.half_close();
  });
  while (const auto r = c.receive(20s)) {
    if (r->has_keepalive() && r->keepalive().time() == 77)
      seen.answers_before_keepalive = seen.answered.size();
    if (r->has_point()) seen.answered.push_back(r->point().time());
    seen.error = seen.error || r->has_error();
  }
  writer.join();
  return seen;
}

class Overload : public testing::Test {
 protected:
  void start(const std::vector<std::string>& words) {
    server_ = std::make_unique<child>(words, test_support::child_streams{"", "", dir_ / "log"});
  }
  void start_slow(std::vector<std::string> more) {
    more.insert(more.begin(), {KAPACITOR_UDF_SLOW_UDF, "--listen", path(), "--isolate", "task"});
    start(more);
  }
  std::string path() const { return dir_ / "slow.sock"; }
  std::string log() const { return read_file(dir_ / "log"); }
  unix_client task() const {
    unix_client c(path());
    c.send(frame_of(init_request({})));
    const auto answer = c.receive_answer();
    EXPECT_TRUE(answer && answer->init().success());
    return c;
  }
  /// As the log has it when all is over.
  std::size_t dropped() {
    server_->stop();
    static const std::regex line("points_dropped_by_policy=(\\d+)");
    const auto text = log();
    std::smatch found;
    return std::regex_search(text, found, line) ? std::stoul(found[1]) : 0;
  }

  test_support::temp_dir dir_;
  std::unique_ptr<child> server_;
};

class OverloadPolicy : public Overload, public testing::WithParamInterface<on_overload> {};

TEST_P(OverloadPolicy, EachPointIsAnsweredOrCounted) {
  const auto policy = std::string(name_of<on_overload>(GetParam(), journal::overload_policies));
  start_slow({"--on-overload", policy, "--queue-size", "64KiB"});
  auto neighbour = task();
  clock::duration longest{};
  std::atomic<bool> over = false;
  std::thread asking([&, until = clock::now() + 20s] {
    for (std::size_t i = 0; !over && clock::now() < until; ++i) {
      const auto begin = clock::now();
      neighbour.send(point_frame(i, 0));
      ASSERT_TRUE(neighbour.receive_answer());
      longest = std::max(longest, clock::now() - begin);
      std::this_thread::sleep_for(10ms);
    }
  });
  const auto seen = flood(task());
  over = true;
  asking.join();
  const auto lost = dropped();
  EXPECT_FALSE(seen.error);
  EXPECT_EQ(seen.answered.size() + lost, sent) << log();
  EXPECT_TRUE(std::is_sorted(seen.answered.begin(), seen.answered.end()));
  EXPECT_LT(longest, 1s) << "the neighbour had to wait";
  if (GetParam() == on_overload::block) {
    EXPECT_EQ(lost, 0u);
    EXPECT_GT(seen.sending, 1500ms);
    EXPECT_THAT(log(), testing::Not(HasSubstr("dropped by policy")));
    return;
  }
  EXPECT_GT(lost, 500u);
  EXPECT_LT(seen.sending, 1500ms);
  EXPECT_LT(seen.answers_before_keepalive, 1500u);
  EXPECT_THAT(log(), HasSubstr("dropped by policy function=slow task=task node=udf2 policy=" +
                               policy + " points="));
  const bool last_is_there = seen.answered.back() == static_cast<std::int64_t>(sent) - 1;
  EXPECT_TRUE(GetParam() != on_overload::drop_oldest || last_is_there);
  EXPECT_TRUE(GetParam() != on_overload::drop_newest || !last_is_there);
}

INSTANTIATE_TEST_SUITE_P(Policies, OverloadPolicy,
                         testing::Values(on_overload::block, on_overload::drop_oldest,
                                         on_overload::drop_newest, on_overload::sample),
                         [](const auto& tested) { return name_of_policy(tested.param); });

TEST_F(Overload, HasAPolicyOfItsOwnForAnAgent) {
  std::ofstream(dir_ / "conf.toml") << "on-overload = \"block\"\n"
                                       "[agent.slow]\n"
                                       "exec = \"" KAPACITOR_UDF_SLOW_UDF
                                       "\"\n"
                                       "on-overload = \"drop-newest\"\n"
                                       "queue-size = \"64KiB\"\n";
  start({std::string(KAPACITOR_UDF_BIN) + "/kapacitor-udfd", "--socket-dir", dir_.path(),
         "--function", "slow", "--config", dir_ / "conf.toml"});
  const auto seen = flood(task());
  const auto lost = dropped();
  EXPECT_GT(lost, 500u) << log();
  EXPECT_EQ(seen.answered.size() + lost, sent);
  EXPECT_LT(seen.sending, 1500ms);
}

TEST_F(Overload, WrongPoliciesAreToldByFileAndLine) {
  const auto problem = [&](const std::string& text, std::vector<std::string> more = {}) {
    std::ofstream(dir_ / "conf.toml") << text;
    more.insert(more.begin(), {std::string(KAPACITOR_UDF_BIN) + "/kapacitor-udfd", "--socket-dir",
                               dir_.path(), "--config", dir_ / "conf.toml"});
    start(more);
    EXPECT_EQ(server_->wait(), 2);
    return log();
  };
  EXPECT_THAT(problem("[settings.ewma]\non-overload = \"drop\"\n"),
              AllOf(HasSubstr("conf.toml:2:15: on-overload: \"drop\" is none of block, "
                              "drop-oldest, drop-newest, sample")));
  EXPECT_THAT(problem("[settings.ewma]\nqueue-size = \"1KiB\"\n"),
              HasSubstr("conf.toml:2:14: queue-size: must be from 64KiB to 1024GiB, got \"1KiB\""));
  EXPECT_THAT(problem("[settings.emwa]\n"),
              AllOf(HasSubstr("conf.toml:1:11: settings.emwa: \"emwa\" is no ready-made function"),
                    HasSubstr("did you mean ewma?")));
  EXPECT_THAT(problem("[settings.ewma]\non-overlod = \"block\"\n"),
              AllOf(HasSubstr("conf.toml:2:1: \"on-overlod\" is no key"),
                    HasSubstr("allowed: on-overload, queue-size")));
  EXPECT_THAT(problem("", {"--isolate", "none", "--on-overload", "sample"}),
              HasSubstr("--on-overload sample needs workers: not with --isolate none"));
  EXPECT_THAT(problem("[settings.ewma]\non-overload = \"sample\"\n", {"--stdio", "ewma"}),
              HasSubstr("[settings.ewma]: on-overload sample needs workers: not with --stdio"));
}

}  // namespace
}  // namespace kapacitor::udf::test
