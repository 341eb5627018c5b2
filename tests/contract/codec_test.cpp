#include <fstream>
#include <sstream>

#include <gtest/gtest.h>
#include <udf.pb.h>

#include "support/captures.hpp"
#include "support/protobuf_oracle.hpp"
#include "support/session_driver.hpp"
#include "wire/batch_decoder.hpp"
#include "wire/batch_encoder.hpp"
#include "wire/envelope.hpp"
#include "wire/output_buffer.hpp"
#include "wire/point_decoder.hpp"
#include "wire/point_encoder.hpp"

// Our codec and libprotobuf read the same, and what ours writes libprotobuf reads as meant.
namespace kapacitor::udf {
namespace {

constexpr std::size_t no_limit = std::size_t{1} << 30;

/// Our reading of a data message equals libprotobuf's.
void expect_same_reading(std::string_view message) {
  ::agent::Request request;
  ASSERT_TRUE(request.ParseFromArray(message.data(), static_cast<int>(message.size())));
  const auto e = wire::open_envelope(message);
  switch (request.message_case()) {
    case ::agent::Request::kPoint: {
      point p;
      wire::point_decoder::decode(e.body, p);
      EXPECT_TRUE(test::same(test::as_message(p), request.point())) << request.DebugString();
      break;
    }
    case ::agent::Request::kBegin: {
      batch b;
      wire::batch_decoder::decode(e.body, b);
      EXPECT_TRUE(test::same(test::as_message(b), request.begin())) << request.DebugString();
      break;
    }
    case ::agent::Request::kEnd: {
      batch_end end;
      wire::batch_decoder::decode(e.body, end);
      EXPECT_TRUE(test::same(test::as_message(end), request.end())) << request.DebugString();
      break;
    }
    default:
      EXPECT_EQ(static_cast<int>(e.kind), static_cast<int>(request.message_case()));
  }
}

template <class Tags>
std::vector<tag> views(const Tags& tags) {
  std::vector<tag> result;
  for (const auto& [name, text] : tags) result.push_back({name, text});
  return result;
}

/// Written by us, read by libprotobuf.
::agent::Response reread(const wire::output_buffer& out) {
  const auto all = test::messages(out.view());
  EXPECT_EQ(all.size(), 1u);
  ::agent::Response response;
  EXPECT_TRUE(response.ParseFromArray(all[0].data(), static_cast<int>(all[0].size())));
  return response;
}

void expect_same_writing(const ::agent::Point& m) {
  std::vector<std::string_view> dimensions(m.dimensions().begin(), m.dimensions().end());
  const auto tags = views(m.tags());
  const header h{m.name(), m.database(), m.retentionpolicy(), dimensions, tags, m.byname()};
  std::vector<field> fields;
  for (const auto& [name, x] : m.fieldsdouble()) fields.push_back({name, x});
  for (const auto& [name, x] : m.fieldsint()) fields.push_back({name, x});
  for (const auto& [name, x] : m.fieldsstring()) fields.push_back({name, x});
  for (const auto& [name, x] : m.fieldsbool()) fields.push_back({name, x});
  wire::point_parts parts;
  parts.time = m.time();
  parts.own_header = &h;
  parts.group = m.group();
  parts.fields = fields;
  wire::output_buffer out;
  wire::append_point(out, parts, no_limit);
  EXPECT_TRUE(test::same(reread(out).point(), m)) << m.DebugString();
}

TEST(Codec, ReadsEveryCaptureAsLibprotobufDoes) {
  for (const auto& name : test::capture_names()) {
    const auto bytes = test::capture(name);
    for (const auto message : test::messages(bytes)) expect_same_reading(message);
  }
}

TEST(Codec, ReadsRandomMessagesAsLibprotobufDoes) {
  test::random_messages random(1);
  ::agent::Request request;
  for (int i = 0; i < 100'000; ++i) {
    switch (i % 5) {
      case 0:
        *request.mutable_begin() = random.begin();
        break;
      case 1:
        *request.mutable_end() = random.end();
        break;
      default:
        *request.mutable_point() = random.point();
    }
    expect_same_reading(request.SerializeAsString());
    ASSERT_FALSE(HasFailure());
  }
}

TEST(Codec, WritesRandomPointsThatLibprotobufReadsAsMeant) {
  test::random_messages random(2);
  for (int i = 0; i < 100'000 && !HasFailure(); ++i) expect_same_writing(random.point());
}

TEST(Codec, WritesRandomBatchesThatLibprotobufReadsAsMeant) {
  test::random_messages random(3);
  for (int i = 0; i < 20'000; ++i) {
    const auto begin = random.begin();
    const auto end = random.end();
    const auto begin_tags = views(begin.tags()), end_tags = views(end.tags());
    wire::output_buffer begin_bytes, end_bytes;
    wire::append_begin(begin_bytes,
                       {begin.name(), begin.group(), begin_tags, begin.size(), 0, begin.byname()},
                       no_limit);
    wire::append_end(end_bytes, {end.name(), end.group(), end_tags, 0, end.tmax(), false},
                     no_limit);
    ASSERT_TRUE(test::same(reread(begin_bytes).begin(), begin)) << begin.DebugString();
    ASSERT_TRUE(test::same(reread(end_bytes).end(), end)) << end.DebugString();
  }
}

/// The bytes of the first code block behind `heading` in proto/PROTOCOL.md: leading hex pairs.
std::string worked_example(const std::string& heading) {
  std::ifstream file(std::string(KAPACITOR_UDF_TEST_DATA) + "/../../proto/PROTOCOL.md");
  std::string line, bytes;
  while (std::getline(file, line) && line.find(heading) == std::string::npos) continue;
  std::getline(file, line);
  std::getline(file, line);
  while (std::getline(file, line) && line != "```") {
    std::istringstream words(line);
    for (std::string word; words >> word && word.size() == 2;) {
      bytes.push_back(static_cast<char>(std::stoi(word, nullptr, 16)));
    }
  }
  return bytes;
}

TEST(Codec, ReadsTheWorkedExampleOfTheDocument) {
  const auto bytes = worked_example("A point on the wire");
  const auto all = test::messages(bytes);
  ASSERT_EQ(all.size(), 1u);
  point p;
  wire::point_decoder::decode(wire::open_envelope(all[0]).body, p);
  EXPECT_EQ(p.time().time_since_epoch().count(), 1'000'000'000);
  EXPECT_EQ(p.name(), "cpu");
  EXPECT_EQ(p.database(), "demo");
  EXPECT_EQ(p.group(), "host=a");
  EXPECT_EQ(p.tag("host"), "a");
  EXPECT_EQ(p.number("value"), 1.5);
  expect_same_reading(all[0]);
}

TEST(Codec, PassesOverFieldsItDoesNotKnow) {
  ::agent::Request request;
  request.mutable_point()->set_name("m");
  (*request.mutable_point()->mutable_fieldsdouble())["x"] = 1;
  auto* unknown =
      request.mutable_point()->GetReflection()->MutableUnknownFields(request.mutable_point());
  unknown->AddVarint(100, 7);
  unknown->AddFixed32(101, 7);
  unknown->AddFixed64(102, 7);
  unknown->AddLengthDelimited(2000, "later");
  const auto bytes = request.SerializeAsString();
  point p;
  wire::point_decoder::decode(wire::open_envelope(bytes).body, p);
  EXPECT_EQ(p.name(), "m");
  EXPECT_EQ(p.number("x"), 1.0);
}

TEST(Codec, TakesTheLastOfEntriesWithTheSameKeyAsLibprotobufDoes) {
  ::agent::Point first, second;
  (*first.mutable_fieldsdouble())["x"] = 1;
  (*first.mutable_tags())["t"] = "old";
  (*second.mutable_fieldsdouble())["x"] = 2;
  (*second.mutable_tags())["t"] = "new";
  const auto bytes = first.SerializeAsString() + second.SerializeAsString();
  point p;
  wire::point_decoder::decode(bytes, p);
  EXPECT_EQ(p.number("x"), 2.0);
  EXPECT_EQ(p.tag("t"), "new");
}

struct everything_again {
  void on_point(const udf::point& p, udf::emitter& out) { out.forward(p); }
};

TEST(Codec, EchoesRandomPointsUnchanged) {
  test::random_messages random(4);
  test::session_driver driver(make_function<everything_again>("everything_again"));
  ::agent::Request init;
  init.mutable_init();
  driver.feed(init);
  driver.responses();
  for (int i = 0; i < 20'000; ++i) {
    ::agent::Request request;
    *request.mutable_point() = random.point();
    driver.feed(request);
    const auto answers = driver.responses();
    ASSERT_EQ(answers.size(), 1u);
    ASSERT_TRUE(test::same(answers[0].point(), request.point())) << request.DebugString();
  }
}

}  // namespace
}  // namespace kapacitor::udf
