#include <gtest/gtest.h>

#include <string>

#include <wire/frame.hpp>
#include <wire/output_buffer.hpp>
#include <wire/point_codec.hpp>
#include <wire/protocol_error.hpp>
#include <wire/receive_buffer.hpp>

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

TEST(FrameReader, SaysHowMuchIsMissing) {
  const auto bytes = framed(std::string(300, 'x'));
  EXPECT_EQ(missing_bytes(std::string_view(bytes).substr(0, 1)), 1u);
  EXPECT_EQ(missing_bytes(std::string_view(bytes).substr(0, 102)), 200u);
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

TEST(PointCodec, RefusesAnEnvelopeWithTwoMessages) {
  EXPECT_THROW(open_envelope(std::string("\x0a\x00\x12\x00", 4)), protocol_error);
  EXPECT_EQ(open_envelope("").number, 0u);
}

}  // namespace
}  // namespace kapacitor::udf::wire
