#include <ctime>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fixture.hpp"

namespace kapacitor::udf::test {
namespace {

using namespace std::chrono_literals;
using test_support::eventually;
using testing::HasSubstr;

/// Writes until nothing goes any more, for some time. Returns: how much that was
std::size_t fill(const unix_client& c, std::string_view bytes) {
  std::size_t taken = 0;
  for (int idle = 0; idle < 20 && taken < bytes.size();) {
    const auto n = c.send_now(bytes.substr(taken));
    taken += n;
    idle = n == 0 ? idle + 1 : 0;
    if (n == 0) std::this_thread::sleep_for(5ms);
  }
  return taken;
}

TEST(Connection, AnswersEveryPoint) {
  running_server s;
  auto c = started_task(s.path("twice"));
  for (int i = 0; i < 100; ++i) {
    c.send(frame_of(point_request("a", i, i)));
    const auto answer = c.receive_answer();
    ASSERT_TRUE(answer);
    EXPECT_EQ(field_of(*answer, "twice"), 2 * i);
  }
}

TEST(Connection, AnswersInfoAndClosesPromptlyAfterHalfClose) {
  running_server s;
  auto c = s.connect();
  c.send(frame_of(info_request()));
  c.half_close();
  const auto start = std::chrono::steady_clock::now();
  const auto all = c.receive_all();
  EXPECT_TRUE(c.closed());
  EXPECT_LT(std::chrono::steady_clock::now() - start, 500ms);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].info().wants(), ::agent::STREAM);
}

TEST(Connection, FinishesWhatItReceivedAfterHalfClose) {
  running_server s;
  auto c = started_task(s.path("twice"));
  constexpr int n = 50'000;
  std::thread writer([&] {
    c.send(points(n));
    c.half_close();
  });
  const auto answers = c.receive_all().size();
  writer.join();
  EXPECT_TRUE(c.closed());
  EXPECT_EQ(c.error(), 0);
  EXPECT_EQ(answers, static_cast<std::size_t>(n));
}

TEST(Connection, RefusedInitIsAnsweredAndThenClosed) {
  running_server s;
  auto c = s.connect();
  c.send(frame_of(init_request({{"size", {0}}})));
  const auto all = c.receive_all();
  EXPECT_TRUE(c.closed());
  ASSERT_EQ(all.size(), 1U);
  EXPECT_FALSE(all[0].init().success());
  EXPECT_THAT(all[0].init().error(), HasSubstr("size"));
}

TEST(Connection, GarbageIsAnsweredByAnErrorAndThenClosed) {
  running_server s;
  auto c = s.connect();
  c.send(
      "\x05"
      "hello");
  const auto all = c.receive_all();
  EXPECT_TRUE(c.closed());
  ASSERT_EQ(all.size(), 1U);
  EXPECT_THAT(all[0].error().error(), HasSubstr("protocol error"));
}

TEST(Connection, HugeLengthIsRefusedWithoutWaitingForIt) {
  running_server s;
  auto c = s.connect();
  c.send("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01");
  const auto all = c.receive_all();
  EXPECT_TRUE(c.closed());
  ASSERT_EQ(all.size(), 1U);
  EXPECT_TRUE(all[0].has_error());
}

// Closed at once, the socket would fail under the peer's writes before it reads the error.
TEST(Connection, ErrorReachesAPeerThatGoesOnWriting) {
  for (int round = 0; round < 20; ++round) {
    running_server s;
    auto c = s.connect();
    std::thread writer([&] {
      c.send(
          "\x05"
          "hello");
      const auto more = points(1000);
      for (int i = 0; i < 20 && c.send(more); ++i) continue;
      c.half_close();
    });
    const auto all = c.receive_all();
    writer.join();
    ASSERT_EQ(all.size(), 1U);
    EXPECT_TRUE(all[0].has_error());
    EXPECT_EQ(c.error(), 0);
  }
}

TEST(Connection, PeerThatNeverStopsWritingAfterAnErrorIsClosedInTime) {
  server::server_settings settings;
  settings.linger = 200ms;
  running_server s(settings);
  auto c = s.connect();
  const auto start = std::chrono::steady_clock::now();
  c.send(
      "\x05"
      "hello");
  const auto more = points(100);
  while (c.send(more) && std::chrono::steady_clock::now() - start < 5s) continue;
  const auto took = std::chrono::steady_clock::now() - start;
  EXPECT_GE(took, 150ms);
  EXPECT_LT(took, 2s);
}

TEST(Connection, HalfAFrameAndSilenceDisturbsNobody) {
  server::server_settings settings;
  settings.threads = 1;
  running_server s(settings);
  auto silent = started_task(s.path("twice"), "silent");
  const auto frame = frame_of(point_request("a", 1, 1));
  silent.send(frame.substr(0, frame.size() / 2));
  auto other = started_task(s.path("twice"), "other");
  other.send(points(10));
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(other.receive_answer());
  silent.send(frame.substr(frame.size() / 2));
  EXPECT_TRUE(silent.receive_answer());
}

TEST(Connection, AbruptCloseIsANormalEnd) {
  running_server s;
  {
    auto c = started_task(s.path("twice"));
    c.send_now(points(10'000));  // and never reads the answers
  }
  EXPECT_TRUE(eventually([&] { return s.log.count(log_level::debug, "connection ended") == 1; }));
  EXPECT_EQ(s.log.count(log_level::warn, ""), 0U);
  EXPECT_EQ(s.log.count(log_level::error, ""), 0U);
}

TEST(Connection, ReaderThatStopsReadingStallsOnlyItself) {
  server::server_settings settings;
  settings.threads = 1;
  running_server s(settings);
  auto stalled = started_task(s.path("twice"), "stalled");
  const auto many = points(10'000);
  const auto taken = fill(stalled, many);
  EXPECT_LT(taken, many.size());  // what waits is bounded

  auto other = started_task(s.path("twice"), "other");
  other.send(points(100));
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(other.receive_answer());

  std::thread rest([&] {
    stalled.send(std::string_view(many).substr(taken));
    stalled.half_close();
  });
  EXPECT_EQ(stalled.receive_all().size(), 10'000U);
  rest.join();
}

/// CPU time of this process.
std::chrono::nanoseconds cpu_time() {
  timespec spent{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent);
  return std::chrono::seconds(spent.tv_sec) + std::chrono::nanoseconds(spent.tv_nsec);
}

TEST(Connection, StalledOneCostsNothing) {
  running_server s;
  auto unread = started_task(s.path("twice"), "unread");
  auto half = started_task(s.path("twice"), "half");
  const auto many = points(10'000);
  fill(unread, many);
  half.send(many.substr(0, 50));
  std::this_thread::sleep_for(100ms);
  const auto before = cpu_time();
  std::this_thread::sleep_for(500ms);
  EXPECT_LT(cpu_time() - before, 100ms);
}

TEST(Connection, PeerThatClosesWithinAMessageIsWarnedAbout) {
  running_server s;
  auto c = started_task(s.path("twice"));
  c.send(points(1).substr(0, 20));
  c.half_close();
  EXPECT_TRUE(c.wait_closed());
  EXPECT_EQ(s.log.count(log_level::warn, "peer closed in the middle of a message"), 1U);
}

TEST(Connection, StopWithinAMessageIsNotThePeersFault) {
  running_server s;
  auto c = started_task(s.path("twice"));
  c.send(points(2).substr(0, points(1).size() + 20));
  EXPECT_TRUE(c.receive_answer());
  EXPECT_TRUE(s.stop());
  EXPECT_TRUE(c.wait_closed());
  EXPECT_EQ(s.log.count(log_level::warn, ""), 0U);
}

TEST(Connection, LargeMessagesUpToTheLimitArePassedOn) {
  running_server s;
  auto c = started_task(s.path("twice"));
  auto request = point_request("a", 1, 3);
  (*request.mutable_point()->mutable_fieldsstring())["text"] =
      std::string(std::size_t{8} << 20, 'x');
  std::thread writer([&] { c.send(frame_of(request)); });
  const auto answer = c.receive_answer(20s);
  writer.join();
  ASSERT_TRUE(answer);
  EXPECT_EQ(field_of(*answer, "twice"), 6);
}

TEST(Server, AnswersWhatItReceivedWhenItIsStopped) {
  running_server s;
  auto c = started_task(s.path("twice"));
  c.send(points(500));
  ASSERT_TRUE(s.stop());
  EXPECT_EQ(c.receive_all().size(), 500U);
  EXPECT_TRUE(c.closed());
  EXPECT_EQ(c.error(), 0);
  EXPECT_FALSE(c.send(points(1)));
}

TEST(Server, AnswersWhatItReceivedUnderLoadWhenItIsStopped) {
  running_server s;
  std::vector<unix_client> clients;
  for (int i = 0; i < 8; ++i)
    clients.push_back(started_task(s.path("twice"), "t" + std::to_string(i)));
  const auto one = frame_of(point_request("a", 1, 1));
  std::vector<std::size_t> sent(clients.size()), answered(clients.size());
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < clients.size(); ++i) {
    threads.emplace_back([&, i] {
      while (clients[i].send(one)) ++sent[i];
    });
    threads.emplace_back([&, i] { answered[i] = clients[i].receive_all().size(); });
  }
  std::this_thread::sleep_for(200ms);
  EXPECT_TRUE(s.stop());
  for (auto& t : threads) t.join();
  for (std::size_t i = 0; i < clients.size(); ++i) {
    // Every answer that was given has been read; what came later than the stop has none.
    EXPECT_GT(answered[i], 0U);
    EXPECT_LE(answered[i], sent[i]);
    const auto n = std::to_string(answered[i]);
    EXPECT_GE(s.log.count(log_level::info, "points_in=" + n + " points_out=" + n + " "), 1U);
    EXPECT_EQ(clients[i].error(), 0);
  }
}

TEST(Server, StopsInTimeAlthoughAPeerDoesNotRead) {
  server::server_settings settings;
  settings.stop_within = 300ms;
  running_server s(settings);
  auto stalled = started_task(s.path("twice"));
  const auto many = points(10'000);
  fill(stalled, many);
  const auto start = std::chrono::steady_clock::now();
  EXPECT_TRUE(s.stop());
  EXPECT_LT(std::chrono::steady_clock::now() - start, 2s);
  EXPECT_EQ(s.log.count(log_level::warn, "connections closed"), 1U);
}

TEST(Server, DoesNotWaitForAFunctionThatHangs) {
  server::server_settings settings;
  settings.stop_within = 200ms;
  running_server s(settings);
  auto c = started_task(s.path("sleeper"));
  c.send(points(1, 3000));
  std::this_thread::sleep_for(50ms);
  const auto start = std::chrono::steady_clock::now();
  EXPECT_FALSE(s.stop());
  EXPECT_LT(std::chrono::steady_clock::now() - start, 2s);
  EXPECT_EQ(s.log.count(log_level::error, "function hangs"), 1U);
  std::this_thread::sleep_for(3s);  // the thread left alone ends by itself here
}

TEST(Server, IdleConnectionsDoNotDelayItsStop) {
  running_server s;
  auto c = started_task(s.path("twice"));
  auto d = s.connect();
  const auto start = std::chrono::steady_clock::now();
  EXPECT_TRUE(s.stop());
  EXPECT_LT(std::chrono::steady_clock::now() - start, 500ms);
  EXPECT_TRUE(c.wait_closed());
  EXPECT_TRUE(d.wait_closed());
}

}  // namespace
}  // namespace kapacitor::udf::test
