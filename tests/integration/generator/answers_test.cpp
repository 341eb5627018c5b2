#include <algorithm>
#include <set>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "generator_run.hpp"
#include "support/scripted_server.hpp"

namespace generator_test {
namespace {

using test_support::scripted_server;

using request = scripted_server::request;
using testing::HasSubstr;

/// The generator beside a server that answers its writes as the test says.
class AnswersTest : public testing::Test {
 protected:
  /// `answer` gets the number of the write, from 0.
  int run_with(const std::function<std::string(int, const request&)>& answer,
               std::vector<std::string> flags) {
    int writes = 0;
    server.emplace([&, answer](const request& r) {
      if (r.target.find("/write") != std::string::npos) return answer(writes++, r);
      return r.target.find("/ping") != std::string::npos ? scripted_server::no_content()
                                                         : scripted_server::query_done();
    });
    flags.insert(flags.end(),
                 {"--url", server->url(), "--subscribe", "off", "--start", "2024-01-01T00:00:00Z"});
    run.emplace(flags);
    const auto code = run->exit_code();
    server->stop();
    return code;
  }
  /// The lines of all writes that were answered well.
  static std::size_t lines(const std::string& text) {
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
  }

  std::optional<scripted_server> server;
  std::optional<generator_run> run;
};

TEST_F(AnswersTest, SendsDatabasePolicyAndPrecisionWithEveryWrite) {
  const auto ok = [](int, const request&) { return scripted_server::no_content(); };
  EXPECT_EQ(run_with(ok, {"--points", "40", "--interval", "1ms", "--db", "a b&c"}), 0);
  for (const auto& r : server->requests()) {
    if (r.target.find("/write") != std::string::npos) {
      EXPECT_EQ(r.target, "POST /write?db=a%20b%26c&rp=autogen&precision=ns");
    }
  }
}

TEST_F(AnswersTest, WritesToKapacitorAtItsOwnPath) {
  const auto ok = [](int, const request&) { return scripted_server::no_content(); };
  EXPECT_EQ(run_with(ok, {"--points", "40", "--interval", "1ms", "--target", "kapacitor"}), 0);
  EXPECT_EQ(server->requests().back().target,
            "POST /kapacitor/v1/write?db=demo&rp=autogen&precision=ns");
  EXPECT_EQ(server->requests().front().target, "GET /kapacitor/v1/ping");
}

TEST_F(AnswersTest, OverloadIsWaitedForAndTheOrderKept) {
  std::string stored;
  const auto answer = [&](int n, const request& r) {
    if (n % 3 == 0)
      return scripted_server::status("503 Service Unavailable", "queue full\n",
                                     "Connection: close\r\n");
    if (n % 3 == 1)
      return scripted_server::status("500 Internal Server Error", R"({"error":"timeout"})");
    stored += r.body;
    return scripted_server::no_content();
  };
  EXPECT_EQ(run_with(answer, {"--points", "200", "--interval", "1ms", "--batch", "50"}), 0);
  generator_run dry(
      {"--dry-run", "--points", "200", "--interval", "1ms", "--start", "2024-01-01T00:00:00Z"});
  EXPECT_EQ(dry.exit_code(), 0);
  EXPECT_EQ(stored, dry.out());
  EXPECT_TRUE(run->said("writes fail, keeping points and trying again"));
  EXPECT_TRUE(run->said("status=503 error=\"queue full\""));
  EXPECT_EQ(run->number("retries"), 8);
}

TEST_F(AnswersTest, AnAnswerThatIsLostLeadsToTheSameBytesAgain) {
  std::vector<std::string> bodies;
  const auto answer = [&](int n, const request& r) {
    bodies.push_back(r.body);
    return n == 1 ? std::string() : scripted_server::no_content();
  };
  EXPECT_EQ(run_with(answer, {"--points", "60", "--interval", "200ms", "--speed", "real"}), 0);
  ASSERT_EQ(bodies.size(), 4U);
  EXPECT_EQ(bodies[1], bodies[2]);
  EXPECT_TRUE(run->said("error=\"connection closed\""));
  EXPECT_TRUE(run->said("resent=20"));
}

TEST_F(AnswersTest, TooLargeARequestIsHalvedUntilItFits) {
  std::string stored;
  const auto answer = [&](int, const request& r) {
    if (lines(r.body) > 30) {
      return scripted_server::status("413 Request Entity Too Large", "", "Connection: close\r\n");
    }
    stored += r.body;
    return scripted_server::no_content();
  };
  EXPECT_EQ(run_with(answer, {"--points", "1000", "--interval", "1ms", "--batch", "200"}), 0);
  EXPECT_EQ(lines(stored), 1000U);
  EXPECT_EQ(run->number("accepted"), 1000);
}

TEST_F(AnswersTest, MissingAuthorisationEndsTheRunWithTheServersWords) {
  for (const auto* status : {"401 Unauthorized", "403 Forbidden"}) {
    const auto answer = [&](int, const request&) {
      return scripted_server::status(status, R"({"error":"who are you"})");
    };
    EXPECT_EQ(run_with(answer, {"--points", "20"}), 4);
    EXPECT_THAT(run->err(), HasSubstr(std::string(status).substr(0, 3) + " who are you"));
    EXPECT_TRUE(run->adds_up());
    EXPECT_EQ(run->number("unsent"), 20);
  }
}

TEST_F(AnswersTest, ReadsTheErrorFromItsHeader) {
  const auto answer = [](int, const request&) {
    return scripted_server::status("400 Bad Request", "{}",
                                   "X-Influxdb-Error: from the header\r\n");
  };
  EXPECT_EQ(run_with(answer, {"--points", "20"}), 1);
  EXPECT_THAT(run->err(), HasSubstr("rejected=20 points=20 status=400 error=\"from the header"));
}

TEST_F(AnswersTest, AServerThatIsNoInfluxdbEndsTheRun) {
  const auto answer = [](int, const request&) {
    return scripted_server::status("404 Not Found", "404 page not found\n");
  };
  EXPECT_EQ(run_with(answer, {"--points", "20"}), 4);
  EXPECT_THAT(run->err(), HasSubstr("404 page not found"));
}

TEST_F(AnswersTest, KeepsOneConnectionForAllRequests) {
  const auto ok = [](int, const request&) { return scripted_server::no_content(); };
  EXPECT_EQ(run_with(ok, {"--points", "2000", "--interval", "1ms", "--batch", "10"}), 0);
  EXPECT_EQ(run->number("requests"), 200);
  EXPECT_EQ(server->writers(), 1);
  EXPECT_EQ(run->number("outages"), 0);
}

TEST_F(AnswersTest, AnIdleConnectionThatWasClosedIsNoOutage) {
  const auto closing = [](int, const request&) {
    return scripted_server::status("204 No Content", "", "X-Test: cut\r\n");
  };
  EXPECT_EQ(run_with(closing, {"--points", "60", "--interval", "100ms"}), 0);
  EXPECT_EQ(run->number("requests"), 3);
  EXPECT_EQ(run->number("outages"), 0);
}

TEST_F(AnswersTest, WaitsAsLongAsAThrottlingServerAsks) {
  const auto answer = [](int n, const request&) {
    return n == 0 ? scripted_server::status("429 Too Many Requests", "slow down\n",
                                            "Retry-After: 1\r\n")
                  : scripted_server::no_content();
  };
  EXPECT_EQ(run_with(answer, {"--points", "20", "--retry-initial", "1ms", "--retry-max", "1ms"}),
            0);
  EXPECT_TRUE(run->said("status=429 error=\"slow down\""));
  EXPECT_GE(run->report()["time_from_schedule_ns"]["max"], 1'000'000'000);
}

TEST_F(AnswersTest, ASlowServerDoesNotMoveTheSchedule) {
  const auto slow = [](int, const request&) {
    std::this_thread::sleep_for(std::chrono::milliseconds(250));
    return scripted_server::no_content();
  };
  EXPECT_EQ(run_with(slow, {"--rate", "1k", "--duration", "1s"}), 0);
  const auto r = run->report();
  EXPECT_EQ(r["accepted"], 1000);
  EXPECT_GE(r["answer_time_ns"]["p50"], 240'000'000);
  EXPECT_GT(r["time_from_schedule_ns"]["max"], 3 * r["answer_time_ns"]["p50"].get<std::int64_t>());
}

TEST_F(AnswersTest, ManyRejectedPointsEndTheRunIfTheyMay) {
  const auto answer = [](int, const request&) {
    return scripted_server::status("400 Bad Request",
                                   R"({"error":"partial write: unable to parse 'x' dropped=0"})");
  };
  EXPECT_EQ(run_with(answer, {"--interval", "10ms", "--max-errors", "3"}), 1);
  EXPECT_EQ(run->number("rejected"), 4);
  EXPECT_TRUE(run->said("4 points were rejected, more than --max-errors 3 allows"));
  EXPECT_TRUE(run->adds_up());
}

}  // namespace
}  // namespace generator_test
