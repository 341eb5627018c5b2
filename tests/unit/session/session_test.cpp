#include <cmath>
#include <stdexcept>

#include <gtest/gtest.h>

#include "support/session_driver.hpp"

// What a session does with what a peer or a function can do wrong.
namespace kapacitor::udf {
namespace {

struct throwing {
  void on_point(const udf::point& p, udf::emitter& out) {
    out.forward(p);
    if (p.number("std")) throw std::runtime_error("no more paper");
    if (p.number("odd")) throw 7;
  }
};

::agent::Request init_request() {
  ::agent::Request request;
  request.mutable_init()->set_taskid("task1");
  request.mutable_init()->set_nodeid("f2");
  return request;
}

::agent::Request point_request(const std::string& field = "x") {
  ::agent::Request request;
  request.mutable_point()->set_name("m");
  request.mutable_point()->set_group("host=a");
  (*request.mutable_point()->mutable_fieldsdouble())[field] = 1;
  return request;
}

class Session : public testing::Test {
 protected:
  test::session_driver driver{make_function<throwing>("throwing")};

  void init() {
    driver.feed(init_request());
    driver.responses();
  }
  void expect_error(const std::string& text) {
    const auto responses = driver.responses();
    ASSERT_FALSE(responses.empty());
    EXPECT_EQ(responses.back().error().error(), text);
    EXPECT_TRUE(driver.session().closing());
    EXPECT_TRUE(driver.session().failed());
    EXPECT_TRUE(driver.logged(log_level::error, text));
  }
};

TEST_F(Session, AnswersInTheOrderOfTheRequests) {
  init();
  ::agent::Request keepalive;
  keepalive.mutable_keepalive()->set_time(42);
  driver.feed(point_request());
  driver.feed(keepalive);
  driver.feed(point_request());
  const auto responses = driver.responses();
  ASSERT_EQ(responses.size(), 3u);
  EXPECT_TRUE(responses[0].has_point());
  EXPECT_EQ(responses[1].keepalive().time(), 42);
  EXPECT_TRUE(responses[2].has_point());
}

TEST_F(Session, EndsTheTaskWithWhatTheFunctionThrewAndTheGroup) {
  init();
  driver.feed(point_request("std"));
  expect_error("throwing[host=a]: no more paper");
}

TEST_F(Session, SurvivesAFunctionThatThrowsSomethingOdd) {
  init();
  driver.feed(point_request("odd"));
  expect_error("throwing[host=a]: an exception that is no std::exception");
}

TEST_F(Session, IgnoresWhatComesAfterAnError) {
  init();
  driver.feed(point_request("std"));
  driver.responses();
  driver.feed(point_request());
  driver.feed(std::string(100'000, '\xff'));
  EXPECT_TRUE(driver.bytes().empty());
}

TEST_F(Session, RefusesGarbage) {
  init();
  driver.feed(std::string("\x05garbage"));
  const auto responses = driver.responses();
  ASSERT_EQ(responses.size(), 1u);
  EXPECT_EQ(responses[0].error().error().rfind("protocol error: the message ", 0), 0u)
      << responses[0].DebugString();
}

TEST_F(Session, RefusesAHugeLengthAtOnce) {
  init();
  driver.feed(std::string("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"));
  expect_error(
      "protocol error: a message of 18446744073709551615 bytes exceeds the limit of "
      "1073741824 (--max-snapshot)");
}

TEST_F(Session, RefusesALongMessageOnceItIsKnownToBeNoSnapshot) {
  init();
  driver.feed(std::string("\xff\xff\xff\x0f\x8a"));
  expect_error(
      "protocol error: a message of 33554431 bytes exceeds the limit of 16777216 "
      "(--max-message)");
}

TEST_F(Session, RefusesARequestWithoutAMessage) {
  init();
  driver.feed(std::string(1, '\0'));
  expect_error("protocol error: a request without a message (at byte 0)");
}

TEST_F(Session, RefusesAKindOfRequestItDoesNotKnow) {
  driver.feed(std::string("\x02\x4a\x00", 3));
  expect_error("protocol error: a request of the unknown kind 9 (at byte 0)");
}

TEST_F(Session, RefusesDataBeforeInit) {
  driver.feed(point_request());
  expect_error("protocol error: data before init (at byte 0)");
}

TEST_F(Session, RefusesASecondInit) {
  init();
  driver.feed(init_request());
  expect_error("protocol error: a second init (at byte 0)");
}

TEST_F(Session, RefusesABatchForAFunctionOfSinglePoints) {
  init();
  ::agent::Request begin;
  begin.mutable_begin();
  driver.feed(begin);
  expect_error("protocol error: a batch, but the function wants single points (at byte 0)");
}

TEST_F(Session, RefusesARestoreInTheMiddleOfABatch) {
  struct counting {
    void on_begin(const udf::batch&) {}
    void on_point(const udf::point&, udf::emitter&) { ++n; }
    auto state() { return std::tie(n); }
    std::int64_t n = 0;
  };
  test::session_driver d(make_function<counting>("counting"));
  ::agent::Request begin, snapshot, restore;
  begin.mutable_begin();
  snapshot.mutable_snapshot();
  d.feed(init_request());
  d.feed(begin);
  d.feed(snapshot);
  *restore.mutable_restore()->mutable_snapshot() = d.responses().back().snapshot().snapshot();
  d.feed(restore);
  d.feed(point_request());
  const auto responses = d.responses();
  ASSERT_EQ(responses.size(), 1u);
  EXPECT_EQ(responses[0].error().error(),
            "protocol error: a restore in the middle of a batch (at byte 0)");
}

TEST_F(Session, RefusesAnAnswerBeyondTheLimit) {
  struct inflating {
    void on_point(const udf::point& p, udf::emitter& out) {
      out.emit(p, {{"text", std::string(200, 'x')}});
    }
  };
  test::session_driver small(make_function<inflating>("inflating"), {.max_message = 150});
  small.feed(init_request());
  small.responses();
  small.feed(point_request());
  const auto responses = small.responses();
  ASSERT_EQ(responses.size(), 1u);
  EXPECT_EQ(responses[0].error().error(),
            "inflating[host=a]: a message of 227 bytes to Kapacitor exceeds the limit of 150 "
            "(--max-message)");
  EXPECT_TRUE(small.session().closing());
}

TEST_F(Session, SaysWhenThePeerLeftInTheMiddleOfAMessage) {
  init();
  driver.feed(test::framed(point_request()).substr(0, 10));
  driver.finish();
  EXPECT_TRUE(driver.session().closing());
  EXPECT_FALSE(driver.session().failed());
  EXPECT_TRUE(driver.logged(
      log_level::warn,
      "peer closed in the middle of a message function=throwing task=task1 node=f2 bytes=10"));
}

TEST_F(Session, LogsOneLineWhenItOpensAndOneWithTotalsWhenItCloses) {
  std::vector<std::pair<log_level, std::string>> log;
  {
    const auto f = make_function<throwing>("throwing");
    agent::session s(
        f, {}, {log_level::info, [&](auto level, auto line) { log.emplace_back(level, line); }});
    for (const auto& bytes : {test::framed(init_request()), test::framed(point_request())}) {
      std::memcpy(s.prepare().data(), bytes.data(), bytes.size());
      s.commit(bytes.size());
      s.process();
      s.consume_output(s.output().size());
    }
  }
  ASSERT_EQ(log.size(), 2u);
  EXPECT_EQ(log[0].second, "connection opened function=throwing task=task1 node=f2 options=\"\"");
  EXPECT_EQ(
      log[1].second.rfind(
          "connection closed function=throwing task=task1 node=f2 points_in=1 points_out=1 ", 0),
      0u);
}

TEST_F(Session, WarnsOfRepeatedTroubleAtTheFirstAndEveryDoubledCount) {
  struct nan_only {
    void on_point(const udf::point& p, udf::emitter& out) { out.emit(p, {{"y", std::nan("")}}); }
  };
  test::session_driver d(make_function<nan_only>("nan_only"));
  d.feed(init_request());
  for (int i = 0; i < 100; ++i) d.feed(point_request());
  const auto lines = std::count_if(d.log.begin(), d.log.end(), [](const auto& line) {
    return line.second.rfind("fields left out: NaN or infinite", 0) == 0;
  });
  EXPECT_EQ(lines, 7);  // 1, 2, 4 ... 64
}

TEST_F(Session, LogsWhatAFunctionWarnsOfAtTheFirstAndEveryDoubledTime) {
  struct warning {
    void on_point(const udf::point& p, udf::emitter& out) {
      out.warn("often");
      if (++n % 10 == 0) out.warn("rarely");
      out.warn("number " + std::to_string(n));
      out.forward(p);
    }
    int n = 0;
  };
  test::session_driver d(make_function<warning>("warning"));
  d.feed(init_request());
  for (int i = 0; i < 200; ++i) d.feed(point_request());
  const auto lines = [&](const std::string& text) {
    return std::count_if(d.log.begin(), d.log.end(), [&](const auto& line) {
      return line.first == log_level::warn && line.second.find(text) != std::string::npos;
    });
  };
  EXPECT_TRUE(d.logged(log_level::warn,
                       "the function warns function=warning task=task1 node=f2 "
                       "warning=\"often\" count=128"));
  EXPECT_EQ(lines("often"), 8);          // 1, 2, 4 ... 128
  EXPECT_EQ(lines("rarely"), 5);         // 1, 2, 4, 8, 16
  EXPECT_EQ(lines("number "), 100 - 2);  // 100 different texts are kept
  EXPECT_FALSE(d.session().failed());
}

TEST_F(Session, WarnsWhenGroupsAreForgotten) {
  struct counting {
    void on_point(const udf::point& p, udf::emitter& out) { out.emit(p, {{"n", ++n}}); }
    std::int64_t n = 0;
  };
  test::session_driver d(make_function<counting>("counting"), {.limits = {.max_groups = 2}});
  d.feed(init_request());
  for (int i = 0; i < 10; ++i) {
    auto request = point_request();
    request.mutable_point()->set_group("host=" + std::to_string(i));
    d.feed(request);
  }
  EXPECT_TRUE(
      d.logged(log_level::warn, "groups forgotten: more than --max-groups function=counting"));
  EXPECT_EQ(d.session().totals().groups, 2u);
  EXPECT_EQ(d.session().totals().evicted_groups, 8u);
  EXPECT_FALSE(d.session().failed());
}

TEST_F(Session, WritesOutMuchOutputBeforeItGoesOn) {
  struct talkative {
    void on_point(const udf::point& p, udf::emitter& out) {
      for (int i = 0; i < 5000; ++i) out.emit(p, {{"n", i}});
    }
  };
  const auto f = make_function<talkative>("talkative");
  agent::session s(f, {}, {});
  std::string bytes = test::framed(init_request());
  for (int i = 0; i < 100; ++i) bytes += test::framed(point_request());
  std::memcpy(s.prepare().data(), bytes.data(), bytes.size());
  s.commit(bytes.size());
  std::size_t most = 0, rounds = 0;
  for (bool more = true; more; ++rounds) {
    more = s.process();
    most = std::max(most, s.output().size());
    s.consume_output(s.output().size());
  }
  EXPECT_EQ(s.totals().points_out, 500'000u);
  EXPECT_LT(most, std::size_t{2} << 20);
  EXPECT_GT(rounds, 5u);
}

}  // namespace
}  // namespace kapacitor::udf
