#include "drive/response_reader.hpp"

#include <functional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <udf.pb.h>

#include "drive/rule.hpp"
#include "wire/copy_received.hpp"
#include "wire/frame.hpp"
#include "wire/output_buffer.hpp"

namespace kapacitor::udf::host {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string framed(const std::string& message) {
  wire::output_buffer out;
  wire::append_frame(out, message, wire::default_max_message);
  return std::string(out.view());
}
std::string framed(const ::agent::Response& r) {
  return framed(r.SerializeAsString());
}
::agent::Response response(const std::function<void(::agent::Response&)>& fill) {
  ::agent::Response r;
  fill(r);
  return r;
}
const auto keepalive = response([](auto& r) { r.mutable_keepalive(); });
const auto plain_point = response([](auto& r) { r.mutable_point()->set_name("m"); });
const auto plain_begin = response([](auto& r) { r.mutable_begin(); });
const auto plain_end = response([](auto& r) { r.mutable_end(); });

struct ResponseReader : ::testing::Test, response_handler {
  std::vector<std::string> seen;
  bool is_ready = true;
  int responses = 0;
  udf_info info;
  response_reader reader{*this, 1000};

  void on_response() override { ++responses; }
  void on_info(const udf_info& i) override {
    info = i;
    seen.emplace_back("info");
  }
  void on_initialized() override { seen.emplace_back("initialized"); }
  void on_restored() override { seen.emplace_back("restored"); }
  void on_snapshot(std::string_view s) override { seen.emplace_back("snapshot ").append(s); }
  void on_point(const emitted_point& p) override {
    seen.push_back("point " + std::string(p.name) + " [" + std::string(p.group) + "]" +
                   (p.batch ? " of " + std::to_string(p.batch->number) : ""));
  }
  void on_batch_end(const emitted_batch& b) override {
    seen.push_back("batch " + std::string(b.name) + " [" + std::string(b.group) + "] " +
                   std::to_string(b.points) + " tmax " + std::to_string(b.tmax));
  }
  bool ready() override { return is_ready; }

  void feed(std::string_view bytes) {
    wire::copy_received(
        bytes, [&] { return reader.prepare(); },
        [&](std::size_t n) {
          reader.commit(n);
          reader.process();
        });
  }
  void feed(const ::agent::Response& r) { feed(framed(r)); }
  void expect_rule(const std::string& rule, const std::string& bytes, const char* what = "") {
    try {
      feed(bytes);
      ADD_FAILURE() << "accepted, expected " << rule;
    } catch (const rule_violation& why) {
      EXPECT_EQ(why.rule(), rule) << why.what();
      EXPECT_THAT(why.what(), HasSubstr(what));
    }
  }
};

TEST_F(ResponseReader, TakesAnswersThatWereAskedFor) {
  reader.expect(management::info);
  reader.expect(management::init);
  reader.expect(management::restore);
  reader.expect(management::snapshot);
  feed(response([](auto& r) {
    r.mutable_info()->set_wants(::agent::BATCH);
    (*r.mutable_info()->mutable_options())["size"].add_valuetypes(::agent::INT);
  }));
  feed(response([](auto& r) { r.mutable_init()->set_success(true); }));
  feed(response([](auto& r) { r.mutable_restore()->set_success(true); }));
  feed(response([](auto& r) { r.mutable_snapshot()->set_snapshot("s"); }));
  EXPECT_THAT(seen, ElementsAre("info", "initialized", "restored", "snapshot s"));
  EXPECT_EQ(info.wants, edge::batch);
  EXPECT_EQ(info.provides, edge::stream);
  EXPECT_THAT(info.options["size"], ElementsAre(value_type::integer));
}

TEST_F(ResponseReader, TakesKeepalivesAtAnyTime) {
  feed(keepalive);
  feed(framed(keepalive) + framed(keepalive));
  EXPECT_EQ(responses, 3);
  EXPECT_THAT(seen, IsEmpty());
}

TEST_F(ResponseReader, ComputesTheGroupItself) {
  reader.allow_data(edge::stream);
  feed(response([](auto& r) {
    auto& p = *r.mutable_point();
    p.set_name("m");
    p.set_group("what the UDF says");
    p.add_dimensions("b");
    p.add_dimensions("a");
    (*p.mutable_tags())["a"] = "1";
    p.set_byname(true);
  }));
  EXPECT_THAT(seen, ElementsAre("point m [m\nb=,a=1]"));
}

TEST_F(ResponseReader, HandsOverABatchWhenItIsComplete) {
  reader.allow_data(edge::batch);
  feed(response([](auto& r) {
    r.mutable_begin()->set_name("ignored");
    r.mutable_begin()->set_byname(true);
  }));
  feed(plain_point);
  feed(plain_point);
  EXPECT_THAT(seen, IsEmpty());
  feed(response([](auto& r) {
    auto& e = *r.mutable_end();
    e.set_name("m");
    e.set_tmax(7);
    (*e.mutable_tags())["b"] = "2";
    (*e.mutable_tags())["a"] = "1";
  }));
  EXPECT_THAT(seen, ElementsAre("point m [m\na=1,b=2] of 1", "point m [m\na=1,b=2] of 1",
                                "batch m [m\na=1,b=2] 2 tmax 7"));
}

TEST_F(ResponseReader, WaitsUntilTheHandlerIsReady) {
  reader.allow_data(edge::stream);
  is_ready = false;
  feed(framed(plain_point) + framed(plain_point));
  EXPECT_THAT(seen, IsEmpty());
  EXPECT_TRUE(reader.process());
  is_ready = true;
  EXPECT_FALSE(reader.process());
  EXPECT_EQ(seen.size(), 2u);
}

TEST_F(ResponseReader, ReadsTheSameHoweverItIsCut) {
  reader.allow_data(edge::stream);
  for (const char c : framed(plain_point) + framed(keepalive)) feed(std::string(1, c));
  EXPECT_EQ(seen.size(), 1u);
  EXPECT_NO_THROW(reader.finish());
}

TEST_F(ResponseReader, ReportsWhatTakesKapacitordDown) {
  reader.allow_data(edge::batch);
  expect_rule("empty-response", std::string(1, '\0'), "kapacitord goes down");
}
TEST_F(ResponseReader, ReportsAMessageOfNoKnownKind) {
  expect_rule("empty-response", framed("\x7a\x01x"));
}
TEST_F(ResponseReader, ReportsAnEndWithoutBegin) {
  reader.allow_data(edge::batch);
  expect_rule("end-without-begin", framed(plain_end), "kapacitord goes down");
}
TEST_F(ResponseReader, ReportsAnEndWithoutBeginOnAStreamEdge) {
  reader.allow_data(edge::stream);
  expect_rule("end-without-begin", framed(plain_end));
}
TEST_F(ResponseReader, ReportsANegativeBatchSize) {
  reader.allow_data(edge::batch);
  expect_rule("begin-size", framed(response([](auto& r) { r.mutable_begin()->set_size(-1); })));
}
TEST_F(ResponseReader, ReportsAHugeBatchSize) {
  reader.allow_data(edge::batch);
  expect_rule("begin-size",
              framed(response([](auto& r) { r.mutable_begin()->set_size(INT64_MAX); })));
}
TEST_F(ResponseReader, ReportsAnAbsurdLength) {
  expect_rule("message-length", "\xff\xff\xff\xff\xff\xff\x0f", "runs out of memory");
}
TEST_F(ResponseReader, ReportsALengthThatIsNoVarint) {
  expect_rule("message-length", std::string(11, '\xff'));
}
TEST_F(ResponseReader, ReportsGarbage) {
  expect_rule("damaged-response", framed("\x0a\x05hello\xff\xff"), "read error");
}
TEST_F(ResponseReader, ReportsADamagedPoint) {
  reader.allow_data(edge::stream);
  expect_rule("damaged-response", framed(std::string("\x8a\x01\x02\x12\x7f", 5)));
}
TEST_F(ResponseReader, ReportsAnErrorResponse) {
  expect_rule("error-response",
              framed(response([](auto& r) { r.mutable_error()->set_error("no field x"); })),
              "no field x");
}
TEST_F(ResponseReader, ReportsARefusedInit) {
  reader.expect(management::init);
  expect_rule("init-refused",
              framed(response([](auto& r) { r.mutable_init()->set_error("size is 0"); })),
              "failed to initialize processes size is 0");
}
TEST_F(ResponseReader, ReportsARefusedRestore) {
  reader.expect(management::restore);
  expect_rule("restore-refused",
              framed(response([](auto& r) { r.mutable_restore()->set_error("too old"); })),
              "error restoring snapshot: too old");
}
TEST_F(ResponseReader, ReportsAnswersThatNobodyAskedFor) {
  expect_rule("stray-response", framed(response([](auto& r) { r.mutable_snapshot(); })),
              "SnapshotResponse");
}
TEST_F(ResponseReader, ReportsASecondAnswer) {
  reader.expect(management::init);
  const auto yes = response([](auto& r) { r.mutable_init()->set_success(true); });
  feed(yes);
  expect_rule("stray-response", framed(yes), "InitResponse");
}
TEST_F(ResponseReader, ReportsDataBeforeInit) {
  expect_rule("data-before-init", framed(plain_point));
}
TEST_F(ResponseReader, ReportsABarePointOnABatchEdge) {
  reader.allow_data(edge::batch);
  expect_rule("point-on-batch-edge", framed(plain_point));
}
TEST_F(ResponseReader, ReportsABatchOnAStreamEdge) {
  reader.allow_data(edge::stream);
  expect_rule("batch-on-stream-edge", framed(plain_begin));
}
TEST_F(ResponseReader, ReportsABeginInsideABatch) {
  reader.allow_data(edge::batch);
  expect_rule("begin-in-batch", framed(plain_begin) + framed(plain_point) + framed(plain_begin),
              "throws away the 1 points");
}
TEST_F(ResponseReader, ReportsAnEndInsideABatch) {
  reader.allow_data(edge::batch);
  feed(plain_begin);
  EXPECT_THROW(reader.finish(), rule_violation);
}
TEST_F(ResponseReader, ReportsAnEndInsideAMessage) {
  feed(framed(keepalive).substr(0, 1));
  EXPECT_THROW(reader.finish(), rule_violation);
}

}  // namespace
}  // namespace kapacitor::udf::host
