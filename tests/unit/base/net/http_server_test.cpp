#include "base/net/http_server.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <ctime>
#include <deque>
#include <optional>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/net/event_loop.hpp"
#include "support/eventually.hpp"
#include "support/http.hpp"
#include "support/tcp_client.hpp"

namespace kapacitor {
namespace {

using namespace std::chrono_literals;
using test_support::eventually;
using test_support::http;
using test_support::tcp_client;
using testing::HasSubstr;

/// A server in a thread of its own that answers with what it was sent, or holds on to it.
class HttpServer : public testing::Test {
 protected:
  void serve() {
    settings_.flag = "--listen";
    settings_.name = "test";
    settings_.log = [this](log_level, std::string_view text) { log.emplace_back(text); };
    server.emplace(loop.io(), settings_, [this](http_request&& r, http_server::responder answer) {
      ++requests;
      if (r.path == "/hold") return held.push_back(std::move(answer));
      answer({200, r.method + " " + r.path + "?" + r.query + " " + r.body});
    });
    server->start();
    port = server->at().port;
    thread = std::thread([this] {
      while (!over) loop.run_until(steady_time::max());
    });
  }
  /// In the server's thread.
  void ask(std::function<void()> what) {
    std::atomic<bool> done{false};
    loop.post([&] {
      what();
      done = true;
    });
    EXPECT_TRUE(eventually([&] { return done.load(); }));
  }
  ~HttpServer() override {
    if (!thread.joinable()) return;
    loop.post([this] {
      held.clear();
      server->close();
      over = true;
    });
    thread.join();
  }
  static std::string post(const std::string& path, std::size_t announced, std::string_view sent) {
    return "POST " + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(announced) +
           "\r\n\r\n" + std::string(sent);
  }

  http_server::settings settings_;
  event_loop loop;
  std::optional<http_server> server;
  std::deque<http_server::responder> held;
  std::vector<std::string> log;
  std::atomic<int> requests{0};
  std::atomic<bool> over{false};
  std::uint16_t port = 0;
  std::thread thread;
};

TEST_F(HttpServer, GivesTheHandlerAllPartsOfARequest) {
  serve();
  const auto answer = http(port, "POST /a/b?c=d&e", "body");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "POST /a/b?c=d&e body");
  EXPECT_THAT(answer.head, HasSubstr("Server: test"));
  EXPECT_EQ(http(port, "HEAD /a").body, "");
}

TEST_F(HttpServer, AnswersSeveralRequestsOfAConnectionInTheirOrder) {
  serve();
  tcp_client client(port);
  client.send(post("/1", 1, "x") + post("/2", 1, "y"));
  const auto text = client.receive(500ms);
  EXPECT_LT(text.find("POST /1? x"), text.find("POST /2? y"));
  EXPECT_FALSE(client.closed());
}

TEST_F(HttpServer, RefusesWhatIsTooLarge) {
  settings_.most.header = 1000;
  settings_.most.body = 100;
  serve();
  EXPECT_EQ(http(port, "POST /", std::string(100, 'x')).status, 200);
  EXPECT_EQ(http(port, "POST /", std::string(101, 'x')).status, 413);
  EXPECT_EQ(http(port, "GET /" + std::string(2000, 'x')).status, 431);
  tcp_client chunked(port);
  chunked.send("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n96\r\n" +
               std::string(150, 'x') + "\r\n0\r\n\r\n");
  EXPECT_THAT(chunked.receive(), HasSubstr("413 "));
}

TEST_F(HttpServer, CutsOffWhoSendsAPartOfAHeaderAndNoMore) {
  settings_.most.header_time = 200ms;
  serve();
  tcp_client slow(port), idle(port);
  slow.send("POST / HT");
  slow.receive(5s);
  EXPECT_TRUE(slow.closed());
  idle.receive(300ms);
  EXPECT_FALSE(idle.closed()) << "it has not begun with a request";
}

TEST_F(HttpServer, CutsOffWhoSendsAPartOfABodyAndNoMore) {
  settings_.most.body_time = 200ms;
  serve();
  tcp_client slow(port);
  slow.send(post("/", 100, "only this"));
  slow.receive(5s);
  EXPECT_TRUE(slow.closed());
  EXPECT_EQ(requests, 0);
}

TEST_F(HttpServer, ClosesTheConnectionThatWaitedLongestWhenThereAreTooMany) {
  settings_.most.connections = 3;
  serve();
  std::deque<tcp_client> idle;
  for (int i = 0; i < 10; ++i) {
    idle.emplace_back(port);
    EXPECT_EQ(http(port, "GET /").status, 200) << i;
  }
  idle.front().receive(5s);
  EXPECT_TRUE(idle.front().closed());
  idle.back().receive(100ms);
  EXPECT_FALSE(idle.back().closed());
}

TEST_F(HttpServer, LetsOthersWaitWhileAllConnectionsAreAtWork) {
  settings_.most.connections = 2;
  serve();
  tcp_client first(port);
  first.send(post("/hold", 0, ""));
  ASSERT_TRUE(eventually([&] { return requests == 1; }));
  tcp_client second(port), third(port);
  second.send(post("/hold", 0, ""));
  ASSERT_TRUE(eventually([&] { return requests == 2; }));
  third.send("GET / HTTP/1.0\r\n\r\n");
  EXPECT_EQ(third.receive(300ms), "");
  ask([&] {
    held.front()({200, "let go"});
    held.pop_front();
  });
  EXPECT_THAT(first.receive(300ms), HasSubstr("let go"));
  EXPECT_THAT(third.receive(), HasSubstr("200 OK")) << "the first one waits again, and makes room";
}

TEST_F(HttpServer, TakesNoMoreBodiesAtOnceThanItHasMemoryFor) {
  settings_.most.bodies = 1000;
  serve();
  tcp_client first(port), second(port);
  first.send(post("/hold", 600, std::string(600, 'x')));
  ASSERT_TRUE(eventually([&] { return requests == 1; }));
  second.send(post("/", 600, std::string(600, 'y')));
  EXPECT_EQ(second.receive(300ms), "");
  EXPECT_EQ(http(port, "POST /", std::string(300, 'z')).status, 200) << "there is room for that";
  ask([&] { held.front()({200}); });
  EXPECT_THAT(second.receive(2s), HasSubstr("200 OK"));
}

TEST_F(HttpServer, EndsInTimeThoughARequestIsSentHalf) {
  serve();
  tcp_client half(port);
  half.send(post("/", 60'000'000, std::string(1000, 'x')));
  ASSERT_TRUE(eventually([&] {
    std::size_t under_way = 0;
    ask([&] { under_way = server->requests_under_way(); });
    return under_way == 1;
  }));
  std::atomic<bool> quiet{false};
  ask([&] {
    server->on_quiet([&] { quiet = true; });
    server->hurry(200ms);
  });
  EXPECT_TRUE(eventually([&] { return quiet.load(); }, 5s));
  half.receive(1s);
  EXPECT_TRUE(half.closed());
}

TEST_F(HttpServer, AnswersWhatIsDueAfterItWasClosed) {
  serve();
  tcp_client due(port), idle(port);
  due.send(post("/hold", 0, ""));
  ASSERT_TRUE(eventually([&] { return requests == 1; }));
  ask([&] { server->close(); });
  idle.receive(2s);
  EXPECT_TRUE(idle.closed());
  ask([&] { held.front()({200, "late"}); });
  EXPECT_THAT(due.receive(), HasSubstr("late"));
  EXPECT_TRUE(due.closed());
  EXPECT_FALSE(tcp_client().connect(port));
}

double cpu_seconds() {
  timespec t{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) / 1e9;
}

/// The process may have no more descriptors than it has now, for as long as this lives.
class no_descriptors {
 public:
  explicit no_descriptors(int highest) {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    auto now = before_;
    now.rlim_cur = static_cast<rlim_t>(highest) + 1;
    ::setrlimit(RLIMIT_NOFILE, &now);
  }
  ~no_descriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

TEST_F(HttpServer, PausesWhileThereAreNoDescriptorsAndGoesOn) {
  serve();
  std::deque<tcp_client> clients(20);
  {
    const no_descriptors none(clients.back().descriptor());
    for (auto& c : clients) ASSERT_TRUE(c.connect(port));
    const auto before = cpu_seconds();
    std::this_thread::sleep_for(1s);
    EXPECT_LT(cpu_seconds() - before, 0.2) << "it must not spin";
  }
  clients.back().send("GET / HTTP/1.0\r\n\r\n");
  EXPECT_THAT(clients.back().receive(), HasSubstr("200 OK"));
  std::vector<std::string> said;
  ask([&] { said = log; });
  EXPECT_THAT(said, testing::ElementsAre(
                        HasSubstr("cannot accept connections, will try again listener=--listen "
                                  "error=\"Too many open files\""),
                        HasSubstr("accepting connections again")));
}

TEST(HttpServerAddress, ThatIsTakenIsSaidToBe) {
  event_loop loop;
  const log_fn log = [](log_level, std::string_view) {};
  const http_server first(loop.io(), {"--x", {}, "", {}, log}, nullptr);
  try {
    const http_server second(loop.io(), {"--x", first.at(), "", {}, log}, nullptr);
    ADD_FAILURE();
  } catch (const std::runtime_error& e) {
    EXPECT_EQ(std::string(e.what()),
              "--x: cannot listen on " + first.at().text() + ": Address already in use");
  }
}

}  // namespace
}  // namespace kapacitor
