#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "isolation_fixture.hpp"

// The supervisor itself is replaced by the program on disk, and its peers do not notice.
namespace kapacitor::udf::test {
namespace {

using namespace std::chrono_literals;
using test_support::eventually;
using testing::HasSubstr;
using testing::Not;

class Handover : public Isolation {
 protected:
  std::string program() const { return dir_ / "program"; }
  void install(const std::string& what = KAPACITOR_UDF_BIN "/kapacitor-udfd") const {
    std::filesystem::copy_file(what, program() + ".new");
    std::filesystem::rename(program() + ".new", program());
  }
  void write(const std::string& file, const std::string& text) const {
    std::ofstream(dir_ / file) << text;
  }
  /// Serves from a copy of the program.
  void serve_installed(std::vector<std::string> more) {
    install();
    more.insert(more.end(), {"--socket-dir", dir_.path()});
    start(std::move(more), program());
  }
  bool hand_over() {
    const auto before = count(taken_over);
    server_->signal(SIGHUP);
    return eventually([&] { return count(taken_over) == before + 1; });
  }
  /// Again and again, until it is over.
  std::thread operating(const std::atomic<bool>& over, std::chrono::milliseconds pause) {
    return std::thread([this, &over, pause] {
      while (!over) {
        std::this_thread::sleep_for(pause);
        server_->signal(SIGHUP);
      }
    });
  }
  std::size_t descriptors() const {
    using files = std::filesystem::directory_iterator;
    const files all("/proc/" + std::to_string(server_->pid()) + "/fd");
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
  }
  std::vector<pid_t> children() const {
    const auto pid = std::to_string(server_->pid());
    std::ifstream list("/proc/" + pid + "/task/" + pid + "/children");
    return {std::istream_iterator<pid_t>(list), std::istream_iterator<pid_t>()};
  }
  unix_client averages(const std::string& name = "moving_average") {
    return task(socket(name), {{"field", {"value"}}, {"size", {2}}});
  }
};

TEST_F(Handover, CostsNoAnswerUnderLoad) {
  serve_installed({"--function", "moving_average", "--function", "ewma"});
  stream_of_pairs stream(averages());
  std::atomic<bool> over = false;
  auto operating = this->operating(over, 300ms);
  stream.run(40'000, 10ms);  // four seconds at least
  over = true;
  operating.join();
  EXPECT_GT(count(taken_over), 4u);
  EXPECT_EQ(stream.answers(), 40'000u) << log();
  EXPECT_EQ(stream.wrong(), 0u);
  for (const auto* never : {"worker gone", "answers differently", "no other program", "dropped"})
    EXPECT_THAT(log(), Not(HasSubstr(never)));
  EXPECT_EQ(server_->stop(), 0);
  EXPECT_FALSE(std::filesystem::exists(socket("moving_average")));
  EXPECT_FALSE(std::filesystem::exists(socket("moving_average") + ".lock"));
}

TEST_F(Handover, CostsNoAnswerWhileWorkersOfThreeTasksAreKilled) {
  write("conf.toml",
        "[agent.other]\nexec = \"" KAPACITOR_UDF_BIN "/kapacitor-udfd --stdio moving_average\"\n");
  serve_installed({"--function", "moving_average", "--function", "other", "--isolate", "task",
                   "--config", dir_ / "conf.toml"});
  std::vector<std::unique_ptr<stream_of_pairs>> streams;
  for (const auto* name : {"moving_average", "moving_average", "other"})
    streams.push_back(std::make_unique<stream_of_pairs>(averages(name)));
  std::atomic<bool> over = false;
  auto operating = this->operating(over, 400ms);
  std::thread killer([&] { kill_during(over, [&] { return streams[0]->answers(); }); });
  std::vector<std::thread> running;
  for (const auto& s : streams) running.emplace_back([&s] { s->run(20'000, 20ms); });
  for (auto& r : running) r.join();
  over = true;
  operating.join();
  killer.join();
  EXPECT_GT(count(taken_over), 2u) << log();
  EXPECT_GT(count("worker gone"), 1u);
  for (const auto& s : streams) {
    EXPECT_EQ(s->answers(), 20'000u) << log();
    EXPECT_EQ(s->wrong(), 0u);
  }
  EXPECT_THAT(log(), Not(HasSubstr("answers differently")));
}

TEST_F(Handover, TakesHalfAFrameAndWaitingConnectionsAlong) {
  serve_installed({"--function", "moving_average"});
  auto c = averages();
  c.send(points(1, 4));
  EXPECT_EQ(field_of(*c.receive_answer(), "avg"), 4);
  const auto next = points(1, 6) + frame_of(keepalive_request(5));
  for (std::size_t cut = 1; cut < next.size(); cut += 9) {
    c.send(next.substr(0, cut));
    ASSERT_TRUE(hand_over()) << log();
    c.send(next.substr(cut));
    // In any order, as the supervisor answers one and a worker the other.
    for (bool point = false, keepalive = false; !point || !keepalive;) {
      const auto answer = c.receive();
      ASSERT_TRUE(answer) << log();
      keepalive = keepalive || answer->keepalive().time() == 5;
      if (!answer->has_point()) continue;
      point = true;
      EXPECT_EQ(field_of(*answer, "avg"), cut == 1 ? 5 : 6);
    }
  }
  unix_client late(socket("moving_average"));
  late.send(frame_of(info_request()));
  EXPECT_TRUE(late.receive()->has_info());
}

TEST_F(Handover, LeavesNothingBehind) {
  serve_installed({"--function", "moving_average"});
  auto c = averages();
  ASSERT_TRUE(hand_over());
  ASSERT_TRUE(eventually([&] { return children().size() == 1; }));
  const auto pid = server_->pid();
  const auto before = descriptors();
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(hand_over());
  EXPECT_TRUE(eventually([&] { return children().size() == 1; })) << children().size();
  EXPECT_TRUE(eventually([&] { return descriptors() == before; })) << descriptors();
  EXPECT_EQ(std::filesystem::read_symlink("/proc/" + std::to_string(pid) + "/exe"), program());
  c.half_close();
  EXPECT_TRUE(c.wait_closed());
}

TEST_F(Handover, ReadsTheConfigurationAgain) {
  write("conf.toml", "");
  serve_installed({"--config", dir_ / "conf.toml"});
  auto c = averages();
  write("conf.toml", "[agent.new_one]\nexec = \"" KAPACITOR_UDF_BIN
                     "/kapacitor-udfd --stdio moving_average\"\n");
  ASSERT_TRUE(hand_over()) << log();
  auto other = averages("new_one");
  for (auto* one : {&c, &other}) {
    one->send(points(1, 4));
    EXPECT_EQ(field_of(*one->receive_answer(), "avg"), 4);
  }
}

TEST_F(Handover, IsRefusedByAProgramThatCannotGoOn) {
  write("conf.toml", "");
  serve_installed({"--config", dir_ / "conf.toml", "--function", "moving_average"});
  auto c = averages();
  c.send(points(1, 4));
  EXPECT_EQ(field_of(*c.receive_answer(), "avg"), 4);
  const auto refused = [&](const std::string& why) {
    const auto before = count("no other program takes over, this one goes on with its workers");
    server_->signal(SIGHUP);
    EXPECT_TRUE(eventually([&] {
      return count("no other program takes over, this one goes on with its workers") == before + 1;
    }));
    EXPECT_THAT(log(), HasSubstr(why));
  };
  write("conf.toml", "max-down = \"soon\"\n");
  refused("conf.toml:1");
  write("conf.toml", "isolate = \"none\"\n");
  refused("--isolate none");
  write("conf.toml", "");
  install(KAPACITOR_UDF_SLOW_UDF);  // serves a function of another name only
  refused("--function");
  std::filesystem::remove(program());
  refused("No such file");
  c.send(points(1, 6));
  EXPECT_EQ(field_of(*c.receive_answer(), "avg"), 5);
  EXPECT_EQ(count(taken_over), 0u);
  install();
  ASSERT_TRUE(hand_over());
  EXPECT_TRUE(eventually([&] { return count("restored") == 1; })) << log();
  c.send(points(1, 8));
  EXPECT_EQ(field_of(*c.receive_answer(), "avg"), 7);
  EXPECT_EQ(count("worker gone"), 0u);
}

}  // namespace
}  // namespace kapacitor::udf::test
