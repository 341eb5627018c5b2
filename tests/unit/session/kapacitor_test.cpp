#include <tuple>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/session_driver.hpp"
#include <kapacitor/udf/testing.hpp>

// What the real Kapacitor does to an agent, and what of the agent's it would not survive. The
// suites are the sections of that knowledge: start-up, definition, task start, snapshots,
// keepalives, data in, data out, errors and ends, what takes the daemon down. Connections are
// tested with sockets in tests/integration.
namespace kapacitor::udf {
namespace {

struct averaging {
  struct options {
    std::string field;
    double ratio = 1;
    std::vector<std::int64_t> level;
    bool keep = false;
    static auto describe() {
      return schema<options>{}
          .required("field", &options::field, "")
          .optional("ratio", &options::ratio, "")
          .optional("level", &options::level, "")
          .flag("keep", &options::keep, "");
    }
    void check() const {
      if (ratio < 0) throw option_error("ratio must not be negative");
    }
  };
  explicit averaging(const options& o) : opt(o) {}
  void on_point(const udf::point& p, udf::emitter& out) {
    total += p.number(opt.field).value_or(0);
    out.emit(p, {{"total", total}});
  }
  auto state() { return std::tie(total); }

  const options& opt;
  double total = 0;
};

struct size_of_batch {
  void on_point(const udf::point&, udf::emitter&) { ++n; }
  void on_end(const udf::batch_end& end, udf::emitter& out) {
    auto b = out.open_batch(header{.name = end.name(), .tags = end.tags()});
    b.emit(end.tmax(), {}, {{"n", n}});
    b.close(end.tmax());
    n = 0;
  }
  std::int64_t n = 0;
};

struct to_stream {
  static constexpr auto provides = edge::stream;
  void on_point(const udf::point& p, udf::emitter& out) { out.forward(p); }
  void on_end(const udf::batch_end&, udf::emitter&) {}
};

void add_option(::agent::Request& init, const std::string& name, ::agent::OptionValue value) {
  auto& o = *init.mutable_init()->add_options();
  o.set_name(name);
  *o.add_values() = std::move(value);
}
::agent::OptionValue text(const std::string& s) {
  ::agent::OptionValue v;
  v.set_type(::agent::STRING);
  v.set_stringvalue(s);
  return v;
}
::agent::Request good_init() {
  ::agent::Request init;
  init.mutable_init()->set_taskid("t");
  init.mutable_init()->set_nodeid("averaging2");
  add_option(init, "field", text("x"));
  return init;
}
::agent::Request snapshot_request() {
  ::agent::Request request;
  request.mutable_snapshot();
  return request;
}
::agent::Request value_request(double x, const std::string& group = "host=a") {
  ::agent::Request request;
  auto& p = *request.mutable_point();
  p.set_name("m");
  p.set_database("db");
  p.set_retentionpolicy("rp");
  p.set_group(group);
  p.add_dimensions("host");
  (*p.mutable_tags())["host"] = "a";
  (*p.mutable_fieldsdouble())["x"] = x;
  return request;
}

struct Kapacitor : testing::Test {
  test::session_driver driver{make_function<averaging>("averaging")};
  void start() {
    driver.feed(good_init());
    ASSERT_TRUE(driver.responses().at(0).init().success());
  }
};
struct KapacitorSection1StartUp : Kapacitor {};
struct KapacitorSection2Definition : Kapacitor {};
struct KapacitorSection3TaskStart : Kapacitor {};
struct KapacitorSection4Snapshots : Kapacitor {};
struct KapacitorSection5Keepalive : Kapacitor {};
struct KapacitorSection6DataIn : Kapacitor {};
struct KapacitorSection7DataOut : Kapacitor {};
struct KapacitorSection8ErrorsAndEnds : Kapacitor {};
struct KapacitorSection9WhatKillsIt : Kapacitor {};

TEST_F(KapacitorSection1StartUp, InfoNamesEdgesAndOptionsWithoutAnInit) {
  ::agent::Request request;
  request.mutable_info();
  driver.feed(request);
  const auto info = driver.responses().at(0).info();
  EXPECT_EQ(info.wants(), ::agent::STREAM);
  EXPECT_EQ(info.provides(), ::agent::STREAM);
  EXPECT_EQ(info.options().size(), 4);
  EXPECT_EQ(info.options().at("ratio").valuetypes(0), ::agent::DOUBLE);
  EXPECT_EQ(info.options().at("keep").valuetypes_size(), 0);
}

TEST_F(KapacitorSection1StartUp, AnInfoOnlyConnectionIsOverAtTheHalfClose) {
  driver.feed(test::capture("info"));
  driver.finish();
  EXPECT_TRUE(driver.session().closing());
  EXPECT_FALSE(driver.session().failed());
  EXPECT_EQ(driver.responses().size(), 1u);
}

TEST_F(KapacitorSection1StartUp, BatchFunctionsSaySo) {
  test::session_driver d(make_function<size_of_batch>("size_of_batch"));
  d.feed(test::capture("info"));
  const auto info = d.responses().at(0).info();
  EXPECT_EQ(info.wants(), ::agent::BATCH);
  EXPECT_EQ(info.provides(), ::agent::BATCH);
}

TEST_F(KapacitorSection2Definition, AMissingOptionIsFoundAtInitForItIsNeverSent) {
  ::agent::Request init;
  init.mutable_init();
  driver.feed(init);
  const auto response = driver.responses().at(0).init();
  EXPECT_FALSE(response.success());
  EXPECT_EQ(response.error(), "averaging: field is required");
}

TEST_F(KapacitorSection2Definition, RepeatedOptionsKeepTheOrderOfTheScript) {
  struct levels {
    struct options {
      std::vector<std::int64_t> level;
      static auto describe() { return schema<options>{}.optional("level", &options::level, ""); }
    };
    explicit levels(const options& o) : opt(o) {}
    void on_point(const udf::point& p, udf::emitter& out) {
      out.emit(p, {{"a", opt.level.at(0)}, {"b", opt.level.at(1)}});
    }
    const options& opt;
  };
  const auto out = test::run<levels>({{"level", {-3}}, {"level", {2}}}, {{.fields = {{"x", 1}}}});
  EXPECT_EQ(out.points.at(0).number("a"), -3.0);
  EXPECT_EQ(out.points.at(0).number("b"), 2.0);
}

TEST_F(KapacitorSection2Definition, ALambdaForAFlagArrivesWithoutAValueAndIsRefused) {
  auto init = good_init();
  ::agent::OptionValue lambda;
  lambda.set_type(::agent::BOOL);
  add_option(init, "keep", lambda);
  driver.feed(init);
  EXPECT_EQ(driver.responses().at(0).init().error(), "averaging: keep takes no value, got 1");
}

TEST_F(KapacitorSection3TaskStart, AllProblemsOfTheOptionsAreInTheOneErrorThatIsShown) {
  ::agent::Request init;
  add_option(init, "fild", text("x"));
  add_option(init, "ratio", text("y"));
  driver.feed(init);
  EXPECT_EQ(driver.responses().at(0).init().error(),
            "averaging: unknown option fild, known are field, ratio, level, keep; field is "
            "required; ratio must be "
            "DOUBLE, got STRING 'y'");
}

TEST_F(KapacitorSection3TaskStart, ARefusedInitEndsTheConnectionFromOurSide) {
  ::agent::Request init;
  init.mutable_init();
  driver.feed(init);
  EXPECT_TRUE(driver.session().closing());
  EXPECT_EQ(driver.responses().size(), 1u);  // and no ErrorResponse beside it
  EXPECT_TRUE(driver.logged(log_level::warn, "init refused function=averaging"));
}

TEST_F(KapacitorSection3TaskStart, NothingIsEmittedBeforeInitSucceeded) {
  driver.feed(value_request(1));
  for (const auto& response : driver.responses()) EXPECT_TRUE(response.has_error());
}

TEST_F(KapacitorSection4Snapshots, AnswerWithTheStateAfterAllPointsBeforeThem) {
  start();
  driver.feed(value_request(1));
  driver.feed(value_request(2));
  driver.responses();
  driver.feed(snapshot_request());
  const auto snapshot = driver.responses().at(0).snapshot().snapshot();

  test::session_driver later(make_function<averaging>("averaging"));
  later.feed(good_init());
  ::agent::Request restore;
  restore.mutable_restore()->set_snapshot(snapshot);
  later.feed(restore);
  later.feed(value_request(10));
  const auto responses = later.responses();
  EXPECT_TRUE(responses.at(1).restore().success());
  EXPECT_EQ(responses.at(2).point().fieldsdouble().at("total"), 13.0);
}

TEST_F(KapacitorSection4Snapshots, OneThatDoesNotFitNeverFailsTheRestore) {
  start();
  ::agent::Request restore;
  restore.mutable_restore()->set_snapshot("capture-state-1");
  driver.feed(restore);
  EXPECT_TRUE(driver.responses().at(0).restore().success());
  EXPECT_FALSE(driver.session().closing());
  EXPECT_TRUE(driver.logged(log_level::error, "snapshot unusable, starting fresh"));
  EXPECT_EQ(driver.session().totals().refused_snapshots, 1u);
}

TEST_F(KapacitorSection4Snapshots, OneThatDoesNotFitIsRefusedAndClosedUponWithStrictRestore) {
  test::session_driver strict(make_function<averaging>("averaging"), {.strict_restore = true});
  strict.feed(good_init());
  strict.responses();
  ::agent::Request restore;
  restore.mutable_restore()->set_snapshot("capture-state-1");
  strict.feed(restore);
  const auto response = strict.responses().at(0).restore();
  EXPECT_FALSE(response.success());
  EXPECT_EQ(response.error(), "averaging: the snapshot is not one of this agent");
  EXPECT_TRUE(strict.session().closing());
}

TEST_F(KapacitorSection4Snapshots, LargerThanTheirLimitAreNotKeptAndTheTaskGoesOn) {
  test::session_driver small(make_function<averaging>("averaging"), {.max_snapshot = 300});
  small.feed(good_init());
  for (int i = 0; i < 50; ++i) small.feed(value_request(1, "host=" + std::to_string(i)));
  small.responses();
  small.feed(snapshot_request());
  const auto responses = small.responses();
  ASSERT_EQ(responses.size(), 1u);
  EXPECT_TRUE(responses[0].has_snapshot());
  EXPECT_EQ(responses[0].snapshot().snapshot(), "");
  EXPECT_TRUE(small.logged(log_level::error, "snapshot not kept: larger than --max-snapshot"));
  EXPECT_FALSE(small.session().closing());
}

// Kapacitor knows no limit, and a million groups take more than any other message.
TEST_F(KapacitorSection4Snapshots, MayBeLargerThanOtherMessagesBothWays) {
  const agent::session_settings limits{.max_message = 10'000};
  test::session_driver before(make_function<averaging>("averaging"), limits);
  before.feed(good_init());
  for (int i = 0; i < 20'000; ++i) before.feed(value_request(1, "host=" + std::to_string(i)));
  before.responses();
  before.feed(snapshot_request());
  before.feed(value_request(3, "host=7"));  // is answered behind it
  const auto said = before.responses();
  ASSERT_EQ(said.size(), 2u);
  EXPECT_GT(said[0].snapshot().snapshot().size(), 200'000u);
  EXPECT_TRUE(said[1].has_point());

  test::session_driver after(make_function<averaging>("averaging"), limits);
  after.feed(good_init());
  after.responses();
  ::agent::Request restore;
  restore.mutable_restore()->set_snapshot(said[0].snapshot().snapshot());
  after.feed(test::framed(restore), 1000);
  const auto restored = after.responses();
  ASSERT_EQ(restored.size(), 1u);
  EXPECT_TRUE(restored[0].restore().success());
  EXPECT_EQ(after.session().totals().groups, 20'000u);
}

TEST_F(KapacitorSection4Snapshots, LargerThanTheirLimitEndARestoreWithAnError) {
  test::session_driver small(make_function<averaging>("averaging"),
                             {.max_message = 300, .max_snapshot = 1000});
  small.feed(good_init());
  small.responses();
  ::agent::Request restore;
  restore.mutable_restore()->set_snapshot(std::string(2000, 'x'));
  small.feed(restore);
  EXPECT_THAT(small.responses().at(0).error().error(),
              ::testing::HasSubstr("exceeds the limit of 1000 (--max-snapshot)"));
  EXPECT_TRUE(small.session().closing());
}

TEST_F(KapacitorSection4Snapshots, AreAnsweredExactlyOnceEach) {
  start();
  for (int i = 0; i < 3; ++i) driver.feed(snapshot_request());
  EXPECT_EQ(driver.responses().size(), 3u);
}

TEST_F(KapacitorSection5Keepalive, RequestsAreEchoedWithTheirTimeAlsoBeforeInit) {
  ::agent::Request request;
  request.mutable_keepalive()->set_time(1'600'000'000'000'000'000);
  driver.feed(request);
  EXPECT_EQ(driver.responses().at(0).keepalive().time(), 1'600'000'000'000'000'000);
  start();
  driver.feed(request);
  EXPECT_EQ(driver.responses().at(0).keepalive().time(), 1'600'000'000'000'000'000);
}

TEST_F(KapacitorSection5Keepalive, AHeartbeatIsAnUnsolicitedKeepaliveResponse) {
  const auto frame = agent::heartbeat_frame();
  const auto all = test::messages(frame);
  ASSERT_EQ(all.size(), 1u);
  ::agent::Response response;
  ASSERT_TRUE(response.ParseFromArray(all[0].data(), static_cast<int>(all[0].size())));
  EXPECT_TRUE(response.has_keepalive());
}

TEST_F(KapacitorSection6DataIn, PointsOfABatchHaveNoNameAndGetTheBatchs) {
  test::session_driver d(make_function<to_stream>("to_stream"));
  ::agent::Request init, begin, point, end;
  init.mutable_init();
  begin.mutable_begin()->set_name("cpu");
  begin.mutable_begin()->set_group("host=a");
  (*begin.mutable_begin()->mutable_tags())["host"] = "a";
  point.mutable_point()->set_group("host=a");
  (*point.mutable_point()->mutable_tags())["host"] = "a";
  (*point.mutable_point()->mutable_fieldsint())["x"] = 1;
  end.mutable_end()->set_name("cpu");
  for (const auto& request : {init, begin, point, end}) d.feed(request);
  const auto p = d.responses().at(1).point();
  EXPECT_EQ(p.name(), "cpu");
  ASSERT_EQ(p.dimensions_size(), 1);
  EXPECT_EQ(p.dimensions(0), "host");
}

TEST_F(KapacitorSection6DataIn, TheSizeOfABatchIsAHintAndMayBeZero) {
  test::session_driver d(make_function<size_of_batch>("size_of_batch"));
  ::agent::Request init, begin, point, end;
  init.mutable_init();
  begin.mutable_begin()->set_size(0);
  (*point.mutable_point()->mutable_fieldsint())["x"] = 1;
  end.mutable_end()->set_tmax(5);
  for (const auto& request : {init, begin, point, point, end, begin, end}) d.feed(request);
  const auto responses = d.responses();
  ASSERT_EQ(responses.size(), 7u);
  EXPECT_EQ(responses[1].begin().size(), 1);
  EXPECT_EQ(responses[2].point().fieldsint().at("n"), 2);
  EXPECT_EQ(responses[5].point().fieldsint().at("n"), 0);
}

TEST_F(KapacitorSection6DataIn, ABatchCutByAnotherIsRefused) {
  ::agent::Request init, begin, end, point;
  init.mutable_init();
  begin.mutable_begin();
  end.mutable_end();
  point.mutable_point();
  const auto error_after = [](const std::vector<::agent::Request>& requests) {
    test::session_driver fresh(make_function<size_of_batch>("size_of_batch"));
    for (const auto& request : requests) fresh.feed(request);
    return fresh.responses().back().error().error();
  };
  EXPECT_EQ(error_after({init, begin, begin}),
            "protocol error: a batch begins inside a batch (at byte 0)");
  EXPECT_EQ(error_after({init, end}),
            "protocol error: a batch ends that has not begun (at byte 0)");
  EXPECT_EQ(error_after({init, point}),
            "protocol error: a point outside a batch, but the function wants batches (at byte 0)");
}

TEST_F(KapacitorSection7DataOut, DimensionsKeepTheirOrderForKapacitorMakesTheGroupOfThem) {
  start();
  auto request = value_request(1);
  request.mutable_point()->clear_dimensions();
  for (const auto* d : {"zone", "host", "core"}) request.mutable_point()->add_dimensions(d);
  request.mutable_point()->set_byname(true);
  driver.feed(request);
  const auto p = driver.responses().at(0).point();
  EXPECT_EQ(p.byname(), true);
  EXPECT_EQ(std::vector<std::string>(p.dimensions().begin(), p.dimensions().end()),
            (std::vector<std::string>{"zone", "host", "core"}));
  EXPECT_EQ(p.database(), "db");
  EXPECT_EQ(p.retentionpolicy(), "rp");
}

TEST_F(KapacitorSection7DataOut, AFieldIsInOneMapOnlyForKapacitorWouldChooseByType) {
  struct retyping {
    void on_point(const udf::point& p, udf::emitter& out) { out.extend(p, {{"x", 7}}); }
  };
  test::session_driver d(make_function<retyping>("retyping"));
  ::agent::Request init;
  init.mutable_init();
  d.feed(init);
  d.feed(value_request(1));
  const auto p = d.responses().at(1).point();
  EXPECT_EQ(p.fieldsint().at("x"), 7);
  EXPECT_EQ(p.fieldsdouble().count("x"), 0u);
}

TEST_F(KapacitorSection8ErrorsAndEnds, AHalfCloseIsAnsweredCompletelyBeforeTheEnd) {
  start();
  for (int i = 0; i < 1000; ++i) driver.feed(value_request(1));
  driver.finish();
  EXPECT_EQ(driver.responses().size(), 1000u);
  EXPECT_TRUE(driver.session().closing());
  EXPECT_FALSE(driver.session().failed());
}

TEST_F(KapacitorSection8ErrorsAndEnds, ErrorsAreValidUtf8WhateverTheGroupIsMadeOf) {
  struct refusing {
    void on_point(const udf::point&, udf::emitter&) { throw std::runtime_error("no"); }
  };
  test::session_driver d(make_function<refusing>("refusing"));
  ::agent::Request init;
  init.mutable_init();
  d.feed(init);
  d.responses();
  // protobuf's own classes would not write this group; an older Kapacitor does.
  const std::string point =
      "\x2a\x03"
      "a\xff"
      "b";
  d.feed(std::string("\x08\x8a\x01\x05", 4) + point);
  EXPECT_EQ(d.responses().at(0).error().error(), "refusing[a?b]: no");
}

TEST_F(KapacitorSection9WhatKillsIt, NoResponseIsEverEmptyAndBatchesAreWholeWithTrueSizes) {
  for (const auto& name : test::capture_names()) {
    test::session_driver d(test::function_for(name));
    d.feed(test::capture(name));
    std::int64_t left = -1;  // points to come in the open batch; -1: none is open
    for (const auto& response : d.responses()) {
      ASSERT_NE(response.message_case(), ::agent::Response::MESSAGE_NOT_SET);
      if (response.has_begin()) {
        ASSERT_EQ(left, -1);
        left = response.begin().size();
        ASSERT_GE(left, 0);
      } else if (response.has_end()) {
        ASSERT_EQ(left, 0);
        left = -1;
      } else if (response.has_point() && left >= 0) {
        --left;
      }
    }
    ASSERT_EQ(left, -1);
  }
}

TEST_F(KapacitorSection9WhatKillsIt, ABatchThatFailsHalfwayLeavesNothingBehind) {
  struct halfway {
    void on_point(const udf::point& p, udf::emitter& out) {
      auto b = out.open_batch(p);
      b.forward(p);
      throw std::runtime_error("halfway");
    }
    void on_end(const udf::batch_end&, udf::emitter&) {}
  };
  test::session_driver d(make_function<halfway>("halfway"));
  ::agent::Request init, begin, point;
  init.mutable_init();
  begin.mutable_begin();
  (*point.mutable_point()->mutable_fieldsint())["x"] = 1;
  for (const auto& request : {init, begin, point}) d.feed(request);
  const auto responses = d.responses();
  ASSERT_EQ(responses.size(), 2u);
  EXPECT_EQ(responses[1].error().error(), "halfway[]: halfway");
}

}  // namespace
}  // namespace kapacitor::udf
