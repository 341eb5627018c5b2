#include "wire/frame.hpp"

#include <algorithm>
#include <string>

#include <gtest/gtest.h>
#include <udf.pb.h>

#include "support/protobuf_oracle.hpp"
#include "wire/cursor.hpp"
#include "wire/envelope.hpp"
#include "wire/output_buffer.hpp"
#include "wire/point_decoder.hpp"
#include "wire/point_encoder.hpp"
#include "wire/protocol_error.hpp"
#include "wire/receive_buffer.hpp"

namespace kapacitor::udf::wire {
namespace {

std::string framed(const std::string& message) {
  output_buffer out;
  append_frame(out, message, default_max_message);
  return std::string(out.view());
}

TEST(FrameReader, WaitsForTheRestOfASplitVarint) {
  const auto bytes = framed(std::string(300, 'x'));
  EXPECT_FALSE(first_frame(std::string_view(bytes).substr(0, 1), 1000));
  EXPECT_FALSE(first_frame(std::string_view(bytes).substr(0, 2), 1000));
  const auto whole = first_frame(bytes, 1000);
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->message, std::string(300, 'x'));
  EXPECT_EQ(whole->size, 302u);
}

TEST(FrameReader, GivesAnEmptyMessageForTheLengthZero) {
  const auto frame = first_frame(std::string(1, '\0'), 10);
  ASSERT_TRUE(frame);
  EXPECT_TRUE(frame->message.empty());
}

TEST(FrameReader, RefusesALengthBeyondTheLimitBeforeTheMessageHasCome) {
  const auto bytes = framed(std::string(1001, 'x'));
  try {
    first_frame(std::string_view(bytes).substr(0, 2), 1000);
    FAIL() << "took it";
  } catch (const protocol_error& e) {
    EXPECT_STREQ(e.what(), "a message of 1001 bytes exceeds the limit of 1000 (--max-message)");
  }
}

TEST(FrameReader, RefusesALengthOfMoreThan64Bits) {
  EXPECT_THROW(first_frame(std::string(10, '\xff') + "\x01", default_max_message), protocol_error);
  EXPECT_THROW(first_frame(std::string(9, '\xff') + "\x01", default_max_message), protocol_error);
}

TEST(FrameReader, MakesRoomForTheRestOfAMessage) {
  const auto bytes = framed(std::string(300, 'x'));
  EXPECT_EQ(worthwhile_room("", 1000), 1u);
  EXPECT_EQ(worthwhile_room(std::string_view(bytes).substr(0, 1), 1000), 1u);
  EXPECT_EQ(worthwhile_room(std::string_view(bytes).substr(0, 102), 1000), 200u);
  EXPECT_EQ(worthwhile_room(bytes, 1000), 1u);
}

TEST(FrameReader, MakesNoMoreRoomThanHasReallyCome) {
  const auto huge = framed(std::string(100'000, 'x'));
  EXPECT_EQ(worthwhile_room(std::string_view(huge).substr(0, 10), 1000), 1000u);
  EXPECT_EQ(worthwhile_room(std::string_view(huge).substr(0, 5000), 1000), 5000u);
  EXPECT_EQ(worthwhile_room(std::string(10, '\xff'), 1000), 1u);
  const auto snapshot = framed(std::string(3 << 20, 'x'));  // of which a third has come
  EXPECT_EQ(worthwhile_room(std::string_view(snapshot).substr(0, 1 << 20), 1000),
            snapshot.size() - (1 << 20));
}

TEST(FrameReader, TakesTheUsualMessageAsAnyOther) {
  for (const std::size_t n : {0u, 1u, 127u, 128u, 300u, 16'383u, 16'384u}) {
    const auto bytes = framed(std::string(n, 'x'));
    const auto usual = usual_frame(bytes, 1'000'000);
    const auto any = first_frame(bytes, 1'000'000);
    ASSERT_TRUE(any);
    // What it leaves to first_frame(): long messages, and an empty one that is alone.
    ASSERT_EQ(usual.has_value(), n >= 1 && n < 16'384) << n;
    if (!usual) continue;
    EXPECT_EQ(usual->message, any->message);
    EXPECT_EQ(usual->size, any->size);
    EXPECT_FALSE(usual_frame(std::string_view(bytes).substr(0, bytes.size() - 1), 1'000'000));
    EXPECT_FALSE(usual_frame(bytes, n - 1));
  }
}

TEST(FrameReader, KnowsTheFirstByteOfAMessageOnceItHasCome) {
  const auto bytes = framed("*" + std::string(300, 'x'));
  EXPECT_FALSE(first_byte(std::string_view(bytes).substr(0, 1)));
  EXPECT_FALSE(first_byte(std::string_view(bytes).substr(0, 2)));
  EXPECT_EQ(first_byte(std::string_view(bytes).substr(0, 3)), '*');
}

TEST(Frame, OfASnapshotIsItsHeadAndItsBytes) {
  for (const std::size_t n : {0u, 1u, 127u, 128u, 20'000u, 3'000'000u}) {
    const std::string snapshot(n, 's');
    ::agent::Response response;
    response.mutable_snapshot()->set_snapshot(snapshot);
    ::agent::Request request;
    request.mutable_restore()->set_snapshot(snapshot);
    if (n > 0) {  // protobuf leaves out what is empty
      EXPECT_EQ(head_of_frame(message_kind::snapshot, n) + snapshot,
                framed(response.SerializeAsString()));
      EXPECT_EQ(head_of_frame(message_kind::restore, n) + snapshot,
                framed(request.SerializeAsString()));
    }
    EXPECT_LE(head_of_frame(message_kind::restore, n).size(), longest_head);
  }
  EXPECT_LE(head_of_frame(message_kind::restore, ~std::size_t{0} / 2).size(), longest_head);
}

TEST(ReceiveBuffer, KeepsTheRestOfAMessageWhenItMovesToTheFront) {
  receive_buffer buffer(64);
  std::string sent, got;
  for (int i = 0; i < 1000; ++i) {
    const auto room = buffer.prepare(7);
    ASSERT_GE(room.size(), 7u);
    for (std::size_t k = 0; k < 7; ++k)
      sent.push_back(room[k] = static_cast<char>('a' + (i + static_cast<int>(k)) % 26));
    buffer.commit(7);
    while (buffer.readable().size() >= 5) {
      got.append(buffer.readable().substr(0, 5));
      buffer.consume(5);
    }
  }
  got.append(buffer.readable());
  EXPECT_EQ(got, sent);
}

TEST(ReceiveBuffer, GrowsForALargeMessageAndShrinksAfterIt) {
  receive_buffer buffer(64);
  ASSERT_GE(buffer.prepare(1000).size(), 1000u);
  buffer.commit(1000);
  EXPECT_EQ(buffer.readable().size(), 1000u);
  buffer.consume(1000);
  EXPECT_EQ(buffer.prepare(1).size(), 64u);
}

TEST(ReceiveBuffer, GrowsAFewTimesForALongMessageThatComesInPieces) {
  receive_buffer buffer(64);
  constexpr std::size_t whole = 1'000'000, piece = 100;
  const void* place = nullptr;
  int moves = 0;
  for (std::size_t come = 0; come < whole; come += piece) {
    const auto room = buffer.prepare(piece, come);
    moves += buffer.readable().data() != place;
    place = buffer.readable().data();
    std::fill_n(room.begin(), piece, static_cast<char>(come / piece));
    buffer.commit(piece);
  }
  EXPECT_LT(moves, 20);
  ASSERT_EQ(buffer.readable().size(), whole);
  for (std::size_t at = 0; at < whole; at += piece)
    ASSERT_EQ(buffer.readable()[at], static_cast<char>(at / piece));
}

TEST(OutputBuffer, KeepsTheOrderWhenBytesAreTakenInBetween) {
  output_buffer out;
  std::string sent, got;
  for (int i = 0; i < 5000; ++i) {
    const auto piece = std::to_string(i);
    out.append(piece);
    sent += piece;
    const auto taken = std::min<std::size_t>(out.size(), static_cast<std::size_t>(i % 7));
    got.append(out.view().substr(0, taken));
    out.consume(taken);
  }
  got.append(out.view());
  EXPECT_EQ(got, sent);
}

TEST(OutputBuffer, GivesTheMemoryOfAHugeAnswerBack) {
  output_buffer out;
  out.append(std::string(std::size_t{8} << 20, 'x'));
  out.consume(out.size());
  EXPECT_TRUE(out.empty());
  out.append("y");
  EXPECT_EQ(out.view(), "y");
}

TEST(PointCodec, RefusesToWriteAMessageBeyondTheLimitAndWritesNothing) {
  output_buffer out;
  const field big{"x", std::string_view("0123456789")};
  point_parts parts;
  parts.fields = {&big, 1};
  EXPECT_THROW(append_point(out, parts, 19), std::length_error);
  EXPECT_TRUE(out.empty());
  append_point(out, parts, 20);
  EXPECT_FALSE(out.empty());
}

TEST(PointCodec, NamesWhatIsDamagedAndWhere) {
  point p;
  try {
    point_decoder::decode(std::string("\x12\x05"
                                      "ab",
                                      4),
                          p);  // a name of five bytes, two there
    FAIL() << "took it";
  } catch (const protocol_error& e) {
    EXPECT_STREQ(e.what(), "Point is cut off");
    EXPECT_EQ(e.offset(), 2u);
  }
}

TEST(PointCodec, TakesTheUsualPointAsAnyOther) {
  for (const std::size_t n : {0u, 1u, 127u, 128u, 16'383u, 16'384u}) {
    ::agent::Request request;
    request.mutable_point()->set_name(std::string(n, 'x'));
    const auto message = request.SerializeAsString();
    const auto body = open_envelope(message).body;
    const auto usual = usual_point(message);
    EXPECT_TRUE(usual == body || usual.empty()) << n;
    EXPECT_EQ(usual.empty(), body.size() >= 16'384 || body.empty()) << n;
    EXPECT_TRUE(usual_point(message + "x").empty());
  }
  EXPECT_TRUE(usual_point("").empty());
  EXPECT_TRUE(usual_point("\x8a\x01").empty());
  EXPECT_TRUE(usual_point("\x82\x01\x01x").empty());
}

// Kapacitor writes the fields in order; protobuf allows any.
TEST(PointCodec, ReadsAPointInAnyOrderOfItsParts) {
  ::agent::Point m;
  m.set_time(1'600'000'000'000'000'000);
  m.set_name("cpu");
  m.set_database("db");
  m.set_group("host=a");
  m.add_dimensions("host");
  (*m.mutable_tags())["host"] = "a";
  (*m.mutable_fieldsdouble())["x"] = 1.5;
  (*m.mutable_fieldsint())["n"] = 7;
  m.set_byname(true);
  std::vector<std::string> parts;
  const auto bytes = m.SerializeAsString();
  for (cursor in(bytes, "Point"); !in.done();) {
    const char* start = in.at();
    in.skip(in.key());
    parts.emplace_back(start, in.at());
  }
  std::sort(parts.begin(), parts.end());
  int orders = 0;
  do {
    std::string shuffled;
    for (const auto& part : parts) shuffled += part;
    point p;
    point_decoder::decode(shuffled, p);
    ASSERT_TRUE(test::same(test::as_message(p), m)) << orders;
  } while (std::next_permutation(parts.begin(), parts.end()) && ++orders < 2000);
}

TEST(PointCodec, RefusesAnEnvelopeWithTwoMessages) {
  EXPECT_THROW(open_envelope(std::string("\x0a\x00\x12\x00", 4)), protocol_error);
  EXPECT_EQ(open_envelope("").kind, message_kind::none);
}

}  // namespace
}  // namespace kapacitor::udf::wire
