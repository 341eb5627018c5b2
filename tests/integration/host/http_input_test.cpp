#include <atomic>
#include <chrono>
#include <csignal>
#include <memory>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/influxdb/gzip.hpp"
#include "host_program.hpp"
#include "support/http.hpp"
#include "support/tcp_client.hpp"

namespace kapacitor::udf::host {
namespace {

using test_support::http;
using ::testing::HasSubstr;

struct HttpInput : ::testing::Test {
  host_program host{{"run", "--exec", function("identity"), "--listen", "127.0.0.1:0"}};
  std::uint16_t port = host.port();

  std::size_t points_at_the_end(int exit_code = 0) {
    host.signal(SIGTERM);
    EXPECT_EQ(host.wait(), exit_code) << host.err();
    return host.lines().size();
  }
};

TEST_F(HttpInput, TakesWritesAsInfluxDBForwardsThem) {
  EXPECT_EQ(http(port, "POST /write?db=d&rp=r&precision=ns&consistency=", "m x=1 5\n").status, 204);
  EXPECT_EQ(http(port, "POST /kapacitor/v1/write?db=d&precision=s", "m x=2 6").status, 204);
  ASSERT_EQ(points_at_the_end(), 2u);
  const auto lines = host.lines();
  EXPECT_EQ(lines[0]["database"], "d");
  EXPECT_EQ(lines[0]["retention_policy"], "r");
  EXPECT_EQ(lines[1]["retention_policy"], "autogen");
  EXPECT_EQ(lines[1]["time"], "1970-01-01T00:00:06.000000000Z");
}

TEST_F(HttpInput, UnpacksGzip) {
  std::string packed;
  gzip_writer().pack(some_lines(500), true, packed);
  EXPECT_EQ(http(port, "POST /write?db=d", packed, "Content-Encoding: gzip\r\n").status, 204);
  EXPECT_EQ(http(port, "POST /write?db=d", "nonsense", "Content-Encoding: gzip\r\n").status, 400);
  EXPECT_EQ(points_at_the_end(), 500u);
}

TEST_F(HttpInput, RefusesAWholeRequestForOneBadLine) {
  const auto answer = http(port, "POST /write?db=d", "m x=1 1\nm x= 2\nm x=3 3\n");
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(nlohmann::json::parse(answer.body)["error"],
            "unable to parse 'm x= 2': field \"x\" has no value: allowed is name=value");
  EXPECT_EQ(points_at_the_end(1), 0u);
  EXPECT_EQ(host.summary()["refused"], 3);
}

TEST_F(HttpInput, AnswersWhatElseIsAsked) {
  EXPECT_EQ(http(port, "GET /ping").status, 204);
  EXPECT_EQ(http(port, "HEAD /kapacitor/v1/ping").status, 204);
  EXPECT_EQ(http(port, "GET /write?db=d").status, 405);
  EXPECT_EQ(http(port, "GET /nothing").status, 404);
  EXPECT_EQ(http(port, "POST /write", "m x=1").status, 400);
  EXPECT_EQ(http(port, "POST /write?db=d", "").status, 204);
  EXPECT_EQ(points_at_the_end(1), 0u);
}

TEST_F(HttpInput, SurvivesWhatIsNoHttp) {
  test_support::converse(port, "\x16\x03\x01 nonsense\r\n\r\n");
  test_support::converse(port, "POST /write?db=d HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n");
  EXPECT_EQ(http(port, "POST /write?db=d", "m x=1 1").status, 204);
  EXPECT_EQ(points_at_the_end(), 1u);
}

TEST_F(HttpInput, TellsASenderThatItMayGoOn) {
  const auto answer = test_support::converse(
      port,
      "POST /write?db=d HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nConnection: close\r\n"
      "Content-Length: 7\r\n\r\nm x=1 1");
  EXPECT_THAT(answer, HasSubstr("100 Continue"));
  EXPECT_THAT(answer, HasSubstr("204 No Content"));
  EXPECT_EQ(points_at_the_end(), 1u);
}

TEST_F(HttpInput, EndsInTimeThoughARequestIsSentHalf) {
  const test_support::tcp_client half(port);
  half.send("POST /write?db=d HTTP/1.1\r\nHost: x\r\nContent-Length: 60000000\r\n\r\nm x=1 1\n");
  EXPECT_EQ(http(port, "POST /write?db=d", "m x=1 1").status, 204);
  const auto before = std::chrono::steady_clock::now();
  EXPECT_EQ(points_at_the_end(), 1u);
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(10));
}

TEST(HttpInputBounds, TakeOnlyTheirDatabase) {
  host_program host({"run", "--exec", function("identity"), "--listen", "127.0.0.1:0", "--db", "d",
                     "--until-idle", "200ms"});
  http(host.port(), "POST /write?db=d", "m x=1 1");
  http(host.port(), "POST /write?db=other", "m x=2 2");
  EXPECT_EQ(host.wait(), 0) << host.err();
  EXPECT_EQ(host.summary()["received"], 2);
  EXPECT_EQ(host.summary()["filtered"], 1);
}

TEST(HttpInputBounds, EndInTimeAmidFiftyHalfSentRequestsAndOneThatTrickles) {
  host_program host({"run", "--exec", function("identity"), "--listen", "127.0.0.1:0"});
  const auto port = host.port();
  std::vector<std::unique_ptr<test_support::tcp_client>> half;
  const std::string head =
      "POST /write?db=d HTTP/1.1\r\nHost: x\r\nContent-Length: 60000000\r\n\r\n";
  for (int i = 0; i < 51; ++i) {
    half.push_back(std::make_unique<test_support::tcp_client>(port));
    half.back()->send(head + std::string(20'000, '#'));
  }
  std::atomic<bool> over{false};
  std::thread trickle([&] {
    for (; !over; std::this_thread::sleep_for(std::chrono::milliseconds(50))) half[0]->send("#");
  });
  EXPECT_EQ(http(port, "GET /ping", "").status, 204) << "others are served meanwhile";
  host.signal(SIGTERM);
  const auto before = std::chrono::steady_clock::now();
  EXPECT_EQ(host.wait(), 0) << host.err();
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(10));
  over = true;
  trickle.join();
}

TEST(HttpInputBounds, EndAfterADuration) {
  host_program host(
      {"run", "--exec", function("identity"), "--listen", "127.0.0.1:0", "--duration", "300ms"});
  EXPECT_EQ(host.wait(), 0) << host.err();
}

TEST(HttpInputBounds, LetTheWriterWaitForASlowUdf) {
  // The UDF's output goes to a file that nobody reads from: a pipe that is full.
  host_program host({"run", "--exec", std::string(KAPACITOR_UDF_FAULTY_UDF) + " silent", "--listen",
                     "127.0.0.1:0", "--timeout", "1s"});
  const auto answer = http(host.port(), "POST /write?db=d", some_lines(60000));
  EXPECT_EQ(answer.status == 204, false) << "the points cannot have been taken";
  EXPECT_EQ(host.wait(), 1);
  EXPECT_LT(host.summary()["received"], 60000);
}

TEST(HttpInputBounds, SayThatARequestIsRefusedAndDoNotEndWell) {
  host_program host({"run", "--exec", function("identity"), "--listen", "127.0.0.1:0"});
  EXPECT_EQ(test_support::http(host.port(), "POST /write?db=d", "m x=1 1\nbad\n").status, 400);
  EXPECT_NE(host.err().find("request refused, its points are lost"), std::string::npos);
  EXPECT_EQ(
      test_support::http(host.port(), "POST /write?db=d", "m v=\"a \"b\" c\" 1\nm x=2 2\n").status,
      204);
  host.signal(SIGTERM);
  EXPECT_EQ(host.wait(), 1) << host.err();
  EXPECT_EQ(host.summary()["emitted"], 2);
  EXPECT_EQ(host.summary()["refused"], 2);
}

}  // namespace
}  // namespace kapacitor::udf::host
