#include <signal.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <regex>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "isolation_fixture.hpp"
#include "support/process_memory.hpp"

// Workers of the real program are killed, hang and are replaced, and its peer does not notice.
namespace kapacitor::udf::test {
namespace {

using namespace std::chrono_literals;
using test_support::eventually;
using test_support::read_file;
using testing::HasSubstr;
using testing::Not;

TEST_F(Isolation, AWorkerThatIsKilledAgainAndAgainCostsNoAnswer) {
  serve("moving_average");
  stream_of_pairs stream(task(socket("moving_average"), {{"field", {"value"}}, {"size", {2}}}));
  std::atomic<bool> over = false;
  std::size_t kills = 0;
  std::thread killer([&] { kills = kill_during(over, [&] { return stream.answers(); }); });
  stream.run(40'000, 4ms);
  over = true;
  killer.join();
  EXPECT_GT(kills, 3u);
  EXPECT_EQ(stream.answers(), 40'000u) << log();
  EXPECT_EQ(stream.wrong(), 0u);
  EXPECT_THAT(log(), HasSubstr("signal 9 (Killed)"));
  EXPECT_THAT(log(), Not(HasSubstr("task stopped")));
  EXPECT_EQ(server_->stop(), 0);
}

TEST_F(Isolation, NewWorkersTakeOverOnSighupWithoutLoss) {
  serve("moving_average", {"--isolate", "task"});
  stream_of_pairs stream(task(socket("moving_average"), {{"field", {"value"}}, {"size", {2}}}));
  std::atomic<bool> over = false;
  std::thread operating([&] {
    while (!over) {
      std::this_thread::sleep_for(200ms);
      server_->signal(SIGHUP);
    }
  });
  stream.run(40'000, 4ms);
  over = true;
  operating.join();
  EXPECT_GT(count("worker started"), 3u);
  EXPECT_EQ(stream.answers(), 40'000u);
  EXPECT_EQ(stream.wrong(), 0u);
  EXPECT_THAT(log(), Not(HasSubstr("worker gone")));
  EXPECT_EQ(server_->stop(), 0);
}

TEST_F(Isolation, AFunctionThatHangsIsReplacedAndItsPointSkipped) {
  const auto path = socket("slow");
  start({"--listen", path, "--max-busy", "300ms", "--poison-dir", dir_.path()},
        KAPACITOR_UDF_SLOW_UDF);
  auto c = task(path, {});
  c.send(frame_of(point_request("a", 1, 1)));
  EXPECT_EQ(c.receive_answer()->point().fieldsint().at("slept"), 1);
  c.send(frame_of(point_request("a", 2, 1e7)));
  c.send(frame_of(point_request("a", 3, 2)));
  const auto next = c.receive_answer(15s);
  ASSERT_TRUE(next) << log();
  EXPECT_EQ(next->point().fieldsint().at("slept"), 2);
  EXPECT_THAT(log(), HasSubstr("it hangs"));
  EXPECT_THAT(log(), HasSubstr("a request kills the workers that get it"));
  EXPECT_EQ(server_->stop(), 0);
  // The point is kept as a recording of Kapacitor's.
  std::string kept;
  for (const auto& file : std::filesystem::directory_iterator(dir_.path())) {
    if (file.path().extension() == ".srpl") kept += read_file(file.path());
  }
  EXPECT_EQ(kept, "telegraf\nautogen\ncpu,host=a value=1e+07 2\n");
}

TEST_F(Isolation, GroupsAreForgottenByTheWallClockInEveryMode) {
  for (const std::string mode : {"function", "none"}) {
    SCOPED_TRACE(mode);
    serve("moving_average", {"--isolate", mode, "--group-ttl", "1s"});
    auto c = task(socket("moving_average"), {{"field", {"value"}}, {"size", {2}}});
    const auto mean = [&](std::int64_t time, double x) {
      c.send(frame_of(point_request("a", time, x)));
      const auto answer = c.receive_answer();
      return answer ? field_of(*answer, "avg") : -1;
    };
    EXPECT_EQ(mean(1, 4), 4);
    EXPECT_EQ(mean(2, 6), 5);
    std::this_thread::sleep_for(3500ms);
    EXPECT_EQ(mean(3, 8), 8) << "the group began anew";
    EXPECT_EQ(mean(4, 10), 9);
    c.close();
    EXPECT_EQ(server_->stop(), 0);
    EXPECT_THAT(log(), HasSubstr("groups_forgotten_group_ttl=1"));
  }
}

TEST_F(Isolation, InfoAndKeepalivesNeedNoWorker) {
  serve("identity");
  unix_client c(socket("identity"));
  c.send(frame_of(info_request()) + frame_of(keepalive_request(77)));
  const auto info = c.receive();
  ASSERT_TRUE(info && info->has_info());
  const auto keepalive = c.receive();
  ASSERT_TRUE(keepalive && keepalive->has_keepalive());
  EXPECT_EQ(keepalive->keepalive().time(), 77);
  c.half_close();
  EXPECT_TRUE(c.wait_closed());
  EXPECT_EQ(count("worker started"), 0u);
}

TEST_F(Isolation, TheMemoryOfAJournalIsGivenBackWhenItsConnectionEnds) {
  constexpr std::size_t mebibyte = std::size_t{1} << 20, pieces = 100, points_of_a_piece = 10'000;
  serve("moving_average");
  auto c = task(socket("moving_average"), {{"field", {"value"}}, {"size", {2}}});
  std::string piece;
  for (std::size_t i = 0; i < points_of_a_piece; ++i)
    piece += frame_of(point_request("a", static_cast<std::int64_t>(i), 1));
  std::thread writer([&] {
    for (std::size_t i = 0; i < pieces; ++i) ASSERT_TRUE(c.send(piece));
    c.half_close();
  });
  std::size_t most = 0, answers = 0;
  std::vector<unix_client> bystanders;  // whose memory lies behind that of the journal
  const auto memory = [this] { return test_support::own_memory(server_->pid()); };
  while (c.receive_answer(20s)) {
    if (++answers % (10 * points_of_a_piece) != 0) continue;
    most = std::max(most, memory());
    bystanders.push_back(task(socket("moving_average"), {{"field", {"value"}}, {"size", {2}}}));
  }
  writer.join();
  EXPECT_EQ(answers, pieces * points_of_a_piece);
  EXPECT_GT(most, 24 * mebibyte);
  const bool given_back = eventually([&] { return memory() < 4 * mebibyte; });
  EXPECT_TRUE(given_back || sanitized) << memory();
  EXPECT_EQ(server_->stop(), 0);
}

TEST_F(Isolation, AnErrorOfTheFunctionReachesKapacitor) {
  serve("moving_average");
  unix_client c(socket("moving_average"));
  c.send(frame_of(init_request({})));
  const auto refused = c.receive_answer();
  ASSERT_TRUE(refused && refused->has_init());
  EXPECT_FALSE(refused->init().success());
  EXPECT_THAT(refused->init().error(), HasSubstr("field"));
  EXPECT_TRUE(c.wait_closed());
  EXPECT_THAT(log(), Not(HasSubstr("worker gone")));
}

/// An agent of somebody else's: another of our programs, by its stdin and stdout.
TEST_F(Isolation, AnyAgentSurvivesItsDeath) {
  std::ofstream(dir_ / "conf.toml") << "[agent.other]\nexec = \"" KAPACITOR_UDF_BIN
                                       "/kapacitor-udfd --stdio moving_average\"\n"
                                       "memory = 1073741824\ncpus = 1.5\nnice = 1\n";
  serve("other", {"--config", dir_ / "conf.toml"});
  unix_client c(socket("other"));
  c.send(frame_of(info_request()));
  c.half_close();
  const auto info = c.receive();
  ASSERT_TRUE(info && info->has_info());
  EXPECT_TRUE(info->info().options().contains("size"));

  stream_of_pairs stream(task(socket("other"), {{"field", {"value"}}, {"size", {2}}}));
  std::atomic<bool> over = false;
  std::thread killer([&] { kill_during(over, [&] { return stream.answers(); }); });
  stream.run(20'000, 4ms);
  over = true;
  killer.join();
  EXPECT_GT(count("worker gone"), 1u) << log();
  EXPECT_EQ(stream.answers(), 20'000u);
  EXPECT_EQ(stream.wrong(), 0u);
}

TEST_F(Isolation, WrongAgentsAreToldByFileAndLine) {
  const auto problem = [&](const std::string& text) {
    std::ofstream(dir_ / "conf.toml") << text;
    start({"--socket-dir", dir_.path(), "--config", dir_ / "conf.toml"});
    EXPECT_EQ(server_->wait(), 2);
    return log();
  };
  EXPECT_THAT(problem("[agent.x]\nexec = \"true\"\nuzer = \"nobody\"\n"),
              testing::AllOf(HasSubstr("conf.toml:3:1"), HasSubstr("\"uzer\" is no key"),
                             HasSubstr("user")));
  EXPECT_THAT(problem("[agent.x]\nuser = \"nobody\"\n"),
              HasSubstr("[agent.x]: write exec = \"COMMAND\""));
  EXPECT_THAT(problem("[agent.ewma]\nexec = \"true\"\n"), HasSubstr("ready-made function"));
  EXPECT_THAT(problem("[agent.\"a b\"]\nexec = \"true\"\n"), HasSubstr("letters, digits"));
}

}  // namespace
}  // namespace kapacitor::udf::test
