#include <signal.h>

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <regex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "isolation_fixture.hpp"
#include "support/http.hpp"

// What kapacitor-udfd says of its tasks over HTTP.
namespace kapacitor::udf::test {
namespace {

using namespace std::chrono_literals;
using test_support::eventually;
using testing::HasSubstr;
using testing::Not;

class Metrics : public Isolation {
 protected:
  std::uint16_t port() {
    static const std::regex line("metrics served address=\\S+:(\\d+)");
    std::smatch found;
    std::string text;
    const bool said = eventually([&] { return std::regex_search(text = log(), found, line); });
    EXPECT_TRUE(said) << log();
    return said ? static_cast<std::uint16_t>(std::stoi(found[1])) : std::uint16_t{0};
  }
  std::string get(const std::string& path) {
    return test_support::http(port(), "GET " + path).body;
  }
  /// The number of a metric of the task that the tests run; -1: there is none.
  double number(const std::string& name, const std::string& more = "") {
    const auto wanted =
        "\n" + name + "{function=\"moving_average\",task=\"task\",node=\"udf2\"" + more + "} ";
    const auto text = get("/metrics");
    const auto at = text.find(wanted);
    return at == std::string::npos ? -1 : std::stod(text.substr(at + wanted.size()));
  }
};

TEST_F(Metrics, CountEachPointOnceThoughWorkersDie) {
  constexpr int points = 40'000, each_lacks = 4, lacking = points / each_lacks;
  serve("moving_average", {"--metrics", "127.0.0.1:0", "--journal-size", "1MiB"});
  auto c = task(socket("moving_average"), {{"field", {"value"}}, {"size", {2}}});
  std::atomic<std::size_t> answers = 0;
  std::atomic<bool> over = false;
  std::size_t kills = 0;
  std::thread killer([&] { kills = kill_during(over, [&] { return answers.load(); }); });
  std::thread writer([&] {
    for (int i = 0; i < points; ++i) {
      auto p = point_request("a", i, i);
      if (i % each_lacks == 0) {
        p.mutable_point()->clear_fieldsdouble();
        (*p.mutable_point()->mutable_fieldsdouble())["other"] = 1;
      }
      ASSERT_TRUE(c.send(frame_of(p)));
      if (i % 100 == 99) std::this_thread::sleep_for(4ms);
    }
  });
  constexpr int answered = points - lacking;
  while (answers < answered) {
    ASSERT_TRUE(c.receive_answer(20s)) << log();
    ++answers;
  }
  writer.join();
  over = true;
  killer.join();
  EXPECT_GT(kills, 2u);
  EXPECT_TRUE(eventually([&] {
    return number("kapacitor_udf_points_skipped_total", ",reason=\"missing_field\"") == lacking;
  })) << get("/metrics");
  EXPECT_EQ(number("kapacitor_udf_points_total", ",direction=\"in\""), points);
  EXPECT_EQ(number("kapacitor_udf_points_total", ",direction=\"out\""), answered);
  // The last one may have died a moment ago, with everything answered.
  EXPECT_TRUE(eventually([&] {
    return number("kapacitor_udf_worker_deaths_total") ==
               static_cast<double>(count("signal 9 (Killed)")) &&
           number("kapacitor_udf_groups") == 1;
  })) << get("/metrics");
  EXPECT_GT(number("kapacitor_udf_snapshots_total"), 0);
  EXPECT_GT(number("kapacitor_udf_work_seconds_count"), 10);
  EXPECT_EQ(server_->stop(), 0);
}

TEST_F(Metrics, GoOnWhenAnotherSupervisorTakesOver) {
  serve("moving_average", {"--metrics", "127.0.0.1:0"});
  auto c = task(socket("moving_average"), {{"field", {"other"}}, {"size", {2}}});
  for (int i = 0; i < 10; ++i) c.send(frame_of(point_request("a", i, i)));
  const auto skipped = [&] {
    return number("kapacitor_udf_points_skipped_total", ",reason=\"missing_field\"");
  };
  EXPECT_TRUE(eventually([&] { return skipped() == 10; }));
  server_->signal(SIGHUP);
  ASSERT_TRUE(eventually([&] { return count("metrics served") == 2; })) << log();
  c.send(frame_of(point_request("a", 11, 11)));
  const std::regex newest("[^]*metrics served address=\\S+:(\\d+)");
  EXPECT_TRUE(eventually([&] {
    std::smatch found;
    const auto text = log();
    std::regex_search(text, found, newest);
    const auto metrics =
        test_support::http(static_cast<std::uint16_t>(std::stoi(found[1])), "GET /metrics").body;
    return metrics.find("reason=\"missing_field\"} 11\n") != std::string::npos;
  })) << log();
  EXPECT_EQ(server_->stop(), 0);
}

TEST_F(Metrics, SayWhyATaskWaits) {
  const auto agent = dir_ / "udfd.toml";
  std::ofstream(agent) << "[agent.dies]\nexec = \"false\"\n";
  start({"--socket-dir", dir_.path(), "--function", "dies", "--config", agent, "--metrics",
         "127.0.0.1:0"});
  const auto answer = test_support::http(port(), "GET /readyz");
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.body, "function dies: its agent has not said yet what it is\n");
  EXPECT_THAT(get("/status.json"), HasSubstr("\"ready\":false"));
  EXPECT_EQ(test_support::http(port(), "GET /livez").status, 200);
  EXPECT_EQ(server_->stop(), 0);
}

TEST_F(Metrics, CountWithoutWorkersAsWell) {
  serve("moving_average", {"--metrics", "127.0.0.1:0", "--isolate", "none"});
  auto c = task(socket("moving_average"), {{"field", {"value"}}, {"size", {2}}});
  for (int i = 0; i < 10; ++i) {
    auto p = point_request("a", i, i);
    if (i < 3) p.mutable_point()->clear_fieldsdouble();
    c.send(frame_of(p));
  }
  c.send(frame_of(snapshot_request()));
  EXPECT_TRUE(eventually([&] {
    return number("kapacitor_udf_points_skipped_total", ",reason=\"missing_field\"") == 3 &&
           number("kapacitor_udf_snapshots_total") == 1;
  })) << get("/metrics");
  EXPECT_EQ(number("kapacitor_udf_points_total", ",direction=\"in\""), 10);
  EXPECT_EQ(number("kapacitor_udf_points_total", ",direction=\"out\""), 7);
  EXPECT_EQ(number("kapacitor_udf_groups"), 1);
  EXPECT_GT(number("kapacitor_udf_snapshot_bytes"), 20);
  EXPECT_GT(number("kapacitor_udf_snapshot_timestamp_seconds"), 1e9);
  EXPECT_GT(number("kapacitor_udf_work_seconds_count"), 0);
  EXPECT_THAT(get("/status.json"), HasSubstr("missing_field"));
  c.half_close();
  EXPECT_TRUE(eventually([&] { return number("kapacitor_udf_groups") == -1; })) << "it has ended";
  EXPECT_EQ(server_->stop(), 0);
}

TEST_F(Metrics, NeedAnAddressThatIsFreeBeforeAnythingIsAnnounced) {
  for (const char* address : {"nowhere", "192.0.2.1:9"}) {
    for (const char* isolate : {"none", "function"}) {
      serve("identity", {"--metrics", address, "--isolate", isolate});
      EXPECT_EQ(server_->wait(), 2) << address;
      EXPECT_THAT(log(), HasSubstr("--metrics: "));
      EXPECT_THAT(log(), Not(HasSubstr("listening"))) << isolate;
      EXPECT_FALSE(std::filesystem::exists(socket("identity")));
    }
  }
}

TEST_F(Metrics, HaveNoSocketsToWatchOnStdio) {
  start({"--stdio", "identity", "--metrics", "127.0.0.1:0"});
  EXPECT_EQ(server_->wait(), 2);
  EXPECT_THAT(log(), HasSubstr("--metrics needs sockets: not with --stdio"));
}

/// What is seen of a group: the worker's memory is another process's.
TEST_F(Metrics, ShowThePointsOfAGroupWhileSomebodyAsks) {
  for (const char* isolate : {"function", "none"}) {
    serve("moving_average", {"--metrics", "127.0.0.1:0", "--isolate", isolate});
    auto c = task(socket("moving_average"), {{"field", {"value"}}, {"size", {2}}});
    const std::string path = "/watch?function=moving_average&task=task&node=udf2&group=host%3Db";
    EXPECT_EQ(test_support::http(port(), "GET /watch?function=x&task=y").status, 404);
    EXPECT_EQ(test_support::http(port(), "GET /watch").status, 400);
    get(path);
    std::string seen;
    for (int i = 0; i < 4; ++i) {
      c.send(frame_of(point_request("a", i, i)));
      c.send(frame_of(point_request("b", i, 10 + i)));
    }
    EXPECT_TRUE(eventually([&] {
      seen = get(path);
      return seen.find("\"avg\":12.5") != std::string::npos;
    })) << seen;
    EXPECT_THAT(seen, HasSubstr("\"value\":13.0"));
    EXPECT_THAT(seen, Not(HasSubstr("\"group\":\"host=a\"")));
    EXPECT_EQ(server_->stop(), 0);
    test_support::write_file(log_path(), "");
  }
}

TEST_F(Metrics, ArePartOfAPageThatAsksNobodyElse) {
  serve("identity", {"--metrics", "127.0.0.1:0"});
  const auto page = test_support::http(port(), "GET /");
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(page.head, HasSubstr("Content-Type: text/html; charset=utf-8"));
  EXPECT_THAT(page.head,
              HasSubstr("Content-Security-Policy: default-src 'none'; script-src 'sha256-"));
  EXPECT_THAT(page.head, Not(HasSubstr("unsafe")));
  EXPECT_THAT(page.body, HasSubstr("<noscript>"));
  EXPECT_THAT(page.body, Not(HasSubstr("src=\"http")));
  EXPECT_EQ(server_->stop(), 0);
}

}  // namespace
}  // namespace kapacitor::udf::test
