#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "fixture.hpp"

namespace kapacitor::udf::test {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

server::server_settings quick() {
  server::server_settings settings;
  settings.threads = 1;
  settings.heartbeats = {.interval = 100ms, .max_busy = 60s};
  return settings;
}

/// Counts the signs of life before the next answer.
struct heartbeats {
  int count = 0;
  std::chrono::milliseconds longest_silence{0};
  bool answered = false;
};
heartbeats until_answer(unix_client& c) {
  heartbeats h;
  for (auto last = clock::now();;) {
    const auto r = c.receive(5s);
    const auto now = clock::now();
    h.longest_silence =
        std::max(h.longest_silence, std::chrono::ceil<std::chrono::milliseconds>(now - last));
    last = now;
    if (!r) return h;
    if (!r->has_keepalive()) {
      h.answered = true;
      return h;
    }
    ++h.count;
  }
}

TEST(Watchdog, KeepsAConnectionAliveWhileItsFunctionIsBusy) {
  running_server s(quick());
  auto c = started_task(s.path("sleeper"));
  c.send(points(1, 1000));
  const auto h = until_answer(c);
  EXPECT_TRUE(h.answered);
  EXPECT_GE(h.count, 6);
  EXPECT_LE(h.count, 12);
  EXPECT_LT(h.longest_silence, 500ms);
}

TEST(Watchdog, KeepsTheOtherConnectionsOfABusyThreadAlive) {
  running_server s(quick());
  auto other = started_task(s.path("twice"));
  auto busy = started_task(s.path("sleeper"));
  busy.send(points(1, 1000));
  std::this_thread::sleep_for(50ms);
  other.send(points(1));
  const auto h = until_answer(other);
  EXPECT_TRUE(h.answered);
  EXPECT_GE(h.count, 6);
}

TEST(Watchdog, SaysNothingWhereNothingIsSlow) {
  running_server s(quick());
  auto c = started_task(s.path("twice"));
  for (int i = 0; i < 20; ++i) {
    c.send(points(1));
    EXPECT_EQ(until_answer(c).count, 0);
    std::this_thread::sleep_for(20ms);
  }
  EXPECT_FALSE(c.receive(300ms));
}

TEST(Watchdog, StopsAtMaxBusyAndNamesTheTaskThatHangs) {
  auto settings = quick();
  settings.heartbeats.max_busy = 500ms;
  running_server s(settings);
  auto c = started_task(s.path("sleeper"), "hanging");
  c.send(points(1, 1500));
  const auto h = until_answer(c);
  EXPECT_TRUE(h.answered);
  EXPECT_GE(h.count, 2);
  EXPECT_LE(h.count, 6);
  EXPECT_GT(h.longest_silence, 700ms);
  EXPECT_EQ(s.log.count(log_level::error,
                        "function hangs, no more heartbeats max_busy=500ms function=sleeper "
                        "task=hanging node=udf2"),
            1U);
}

TEST(Watchdog, ManySlowPointsAreNoHang) {
  auto settings = quick();
  settings.heartbeats.max_busy = 500ms;
  running_server s(settings);
  auto c = started_task(s.path("sleeper"));
  c.send(points(30, 50));  // 1.5 s of work
  std::size_t answers = 0;
  while (answers < 30 && c.receive_answer(2s)) ++answers;
  EXPECT_EQ(answers, 30U);
  EXPECT_EQ(s.log.count(log_level::error, "function hangs"), 0U);
}

TEST(Watchdog, NoHeartbeatSplitsAFrame) {
  auto settings = quick();
  settings.heartbeats.interval = 2ms;
  running_server s(settings);
  auto c = started_task(s.path("sleeper"));
  std::thread writer([&] {
    c.send(points(20'000, 0) + points(30, 10));
    c.half_close();
  });
  std::size_t answers = 0, beats = 0;
  while (const auto r = c.receive())
    r->has_keepalive() ? ++beats : ++answers;  // throws on a bad frame
  writer.join();
  EXPECT_EQ(answers, 20'030U);
  EXPECT_GT(beats, 0U);
}

long voluntary_switches() {
  long sum = 0;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    std::ifstream status(task.path() / "status");
    for (std::string line; std::getline(status, line);) {
      if (line.starts_with("voluntary_ctxt_switches:")) sum += std::stol(line.substr(24));
    }
  }
  return sum;
}

TEST(Server, DoesNotWakeUpWhileIdle) {
  if (sanitized) GTEST_SKIP() << "the sanitizer's own thread wakes up";
  running_server s(quick());
  auto c = started_task(s.path("twice"));
  std::this_thread::sleep_for(500ms);  // the watchdog goes to sleep
  const auto before = voluntary_switches();
  std::this_thread::sleep_for(1s);
  EXPECT_LE(voluntary_switches() - before, 2);  // our own sleep
}

}  // namespace
}  // namespace kapacitor::udf::test
