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

#include "fixture.hpp"
#include "support/child.hpp"

// Workers of the real program are killed, hang and are replaced, and its peer does not notice.
namespace kapacitor::udf::test {
namespace {

using namespace std::chrono_literals;
using test_support::child;
using test_support::eventually;
using test_support::read_file;
using testing::HasSubstr;
using testing::Not;

class Isolation : public testing::Test {
 protected:
  void start(std::vector<std::string> words,
             const std::string& program = KAPACITOR_UDF_BIN "/kapacitor-udfd") {
    words.insert(words.begin(), program);
    server_ = std::make_unique<child>(words, test_support::child_streams{"", "", log_path()});
  }
  void serve(const std::string& function, std::vector<std::string> more = {}) {
    more.insert(more.end(), {"--socket-dir", dir_.path(), "--function", function});
    start(std::move(more));
  }
  std::string socket(const std::string& name) const { return dir_ / (name + ".sock"); }
  std::string log_path() const { return dir_ / "log"; }
  std::string log() const { return read_file(log_path()); }

  /// The newest worker; 0: none was started yet.
  pid_t worker() const {
    static const std::regex line("worker started function=\\S+ pid=(\\d+)");
    const auto text = log();
    pid_t pid = 0;
    for (std::sregex_iterator i(text.begin(), text.end(), line), end; i != end; ++i)
      pid = std::stoi((*i)[1]);
    return pid;
  }
  std::size_t count(const std::string& what) const {
    const auto text = log();
    std::size_t n = 0;
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++n;
    return n;
  }
  /// Kills the newest worker again and again, each time after some more answers.
  std::size_t kill_during(const std::atomic<bool>& over,
                          const std::function<std::size_t()>& answers) {
    std::size_t kills = 0;
    for (std::size_t seen = 0; !over;) {
      std::this_thread::sleep_for(20ms);
      if (answers() < seen + 1500 || over) continue;
      seen = answers();
      if (const auto pid = worker(); pid > 0 && ::kill(pid, SIGKILL) == 0) ++kills;
    }
    return kills;
  }
  unix_client task(const std::string& path, const std::vector<option>& options) {
    unix_client c(path);
    c.send(frame_of(init_request(options)));
    const auto answer = c.receive_answer();
    EXPECT_TRUE(answer && answer->init().success());
    return c;
  }

  test_support::temp_dir dir_;
  std::unique_ptr<child> server_;
};

/// Sends points whose values count up, and checks that each answer is the mean of two of them.
class stream_of_pairs {
 public:
  explicit stream_of_pairs(unix_client c) : client_(std::move(c)) {}

  void run(std::size_t points, std::chrono::microseconds pause) {
    std::thread writer([&, points, pause] {
      for (std::size_t i = 0; i < points; ++i) {
        const auto x = static_cast<double>(i);
        ASSERT_TRUE(client_.send(frame_of(point_request("a", static_cast<std::int64_t>(i), x))));
        if (i % 100 == 99) std::this_thread::sleep_for(pause);
      }
      client_.half_close();
    });
    for (std::size_t i = 0;; ++i) {
      const auto answer = client_.receive_answer(20s);
      if (!answer) break;
      ++answers_;
      const auto expected = i == 0 ? 0.0 : static_cast<double>(i) - 0.5;
      if (answer->has_error() || field_of(*answer, "avg") != expected) ++wrong_;
    }
    writer.join();
  }
  std::size_t answers() const { return answers_; }
  std::size_t wrong() const { return wrong_; }

 private:
  unix_client client_;
  std::atomic<std::size_t> answers_ = 0;
  std::size_t wrong_ = 0;
};

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
  std::ofstream(dir_ / "conf.toml")
      << "[agent.other]\nexec = \"" KAPACITOR_UDF_BIN "/kapacitor-udfd --stdio moving_average\"\n";
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

TEST_F(Isolation, AnUpgradeThatLacksAnOptionIsRefused) {
  const auto program = dir_ / "program", path = socket("upgraded");
  const auto install = [&](const std::string& what) {
    std::filesystem::copy_file(what, program + ".new");
    std::filesystem::rename(program + ".new", program);
  };
  install(KAPACITOR_UDF_BIN "/kapacitor-udfd");
  start({"--socket-dir", dir_.path(), "--function", "moving_average"}, program);
  auto c = task(socket("moving_average"), {{"field", {"value"}}, {"size", {2}}});
  c.send(points(1, 4));
  EXPECT_EQ(field_of(*c.receive_answer(), "avg"), 4);

  install(KAPACITOR_UDF_SLOW_UDF);  // serves a function of another name only
  server_->signal(SIGHUP);
  EXPECT_TRUE(eventually([&] { return count("new workers refused, the old ones go on") == 1; }));
  c.send(points(1, 6));
  EXPECT_EQ(field_of(*c.receive_answer(), "avg"), 5);

  install(KAPACITOR_UDF_BIN "/kapacitor-udfd");
  server_->signal(SIGHUP);
  EXPECT_TRUE(eventually([&] { return count("restored") == 1; }));
  c.send(points(1, 8));
  EXPECT_EQ(field_of(*c.receive_answer(), "avg"), 7);
  EXPECT_EQ(count("worker gone"), 0u);
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
