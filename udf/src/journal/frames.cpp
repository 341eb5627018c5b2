#include "journal/frames.hpp"

#include "wire/cursor.hpp"
#include "wire/proto_writer.hpp"

namespace kapacitor::udf::journal {
namespace {

using wire::message_kind;

/// Keys up to 15 take one byte, those of data (16 to 18) two.
constexpr std::size_t size_of_key(message_kind kind) {
  return wire::size_of_varint(
      wire::key_of(static_cast<std::uint32_t>(kind), wire::wire_type::length));
}

std::string framed(message_kind kind, std::string_view body) {
  const auto key = wire::key_of(static_cast<std::uint32_t>(kind), wire::wire_type::length);
  const auto message = size_of_key(kind) + wire::size_of_varint(body.size()) + body.size();
  std::string frame(wire::size_of_varint(message) + message, '\0');
  wire::proto_writer out(frame.data());
  out.put_varint(message);
  out.put_varint(key);
  out.put_varint(body.size());
  out.put_raw(body);
  return frame;
}

constexpr const char* message_name = "the message";

}  // namespace

message_kind kind_of(std::string_view message) {
  if (message.empty()) return message_kind::none;
  const auto first = static_cast<unsigned char>(message[0]);
  if (first < 0x80) {
    const bool is_message = wire::type_of(first) == wire::wire_type::length;
    return is_message ? static_cast<message_kind>(wire::number_of(first)) : message_kind::none;
  }
  if (message.size() < 2 || message[1] != '\x01') return message_kind::none;
  const auto key = (first & 0x7fu) | 0x80u;
  const auto kind = static_cast<message_kind>(wire::number_of(key));
  const bool is_data = wire::type_of(key) == wire::wire_type::length &&
                       kind >= message_kind::begin && kind <= message_kind::end;
  return is_data ? kind : message_kind::none;
}

std::string_view body_of(std::string_view message) {
  wire::cursor in(message, message_name);
  in.key();
  return in.bytes();
}

std::string frame_with_number(message_kind kind, std::uint64_t number) {
  std::string body(wire::size_of_number(number), '\0');
  wire::put_number(wire::proto_writer(body.data()), 1, number);
  return framed(kind, body);
}

std::uint64_t number_in(std::string_view body) {
  wire::cursor in(body, message_name);
  if (in.done() || in.key() != wire::key_of(1, wire::wire_type::varint)) return 0;
  return in.varint();
}

std::string empty_frame(message_kind kind) {
  return framed(kind, {});
}

std::string_view text_in(std::string_view body, std::uint32_t number) {
  std::string_view found;
  for (wire::cursor in(body, message_name); !in.done();) {
    const auto key = in.key();
    if (key == wire::key_of(number, wire::wire_type::length)) {
      found = in.bytes();
    } else {
      in.skip(key);
    }
  }
  return found;
}

std::string error_frame(std::string_view text) {
  std::string body(wire::size_of_text(text), '\0');
  wire::put_text(wire::proto_writer(body.data()), 1, text);
  return framed(message_kind::error, body);
}

bool says_success(std::string_view body) {
  return body.size() >= 2 && body[0] == '\x08' && body[1] != '\0';
}

snapshot_answer meaning_of_snapshot(std::string_view body) {
  if (body.empty()) return snapshot_answer::nothing_to_keep;
  constexpr auto bytes = wire::key_of(wire::snapshot_number::bytes, wire::wire_type::length);
  if (static_cast<unsigned char>(body[0]) != bytes) return snapshot_answer::not_taken;
  const bool nothing = body.size() == 2 && body[1] == '\0';
  return nothing ? snapshot_answer::nothing_to_keep : snapshot_answer::holds_state;
}

std::string restore_from(std::string_view snapshot_frame) {
  std::string frame(snapshot_frame);
  std::size_t at = 0;
  while (static_cast<unsigned char>(frame[at]) >= 0x80) ++at;
  constexpr auto restore = static_cast<std::uint32_t>(message_kind::restore);
  frame[at + 1] = static_cast<char>(wire::key_of(restore, wire::wire_type::length));
  return frame;
}

}  // namespace kapacitor::udf::journal
