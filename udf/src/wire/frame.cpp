#include "wire/frame.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <stdexcept>
#include <string>

#include <protozero/varint.hpp>

#include "base/text/shown.hpp"
#include "wire/cursor.hpp"
#include "wire/message_numbers.hpp"
#include "wire/proto_writer.hpp"
#include "wire/protocol_error.hpp"

namespace kapacitor::udf::wire {
namespace {

struct length_prefix {
  std::uint64_t length;
  std::size_t size;  // of the prefix; 0: more bytes must come first
};

length_prefix read_length(std::string_view bytes) {
  // By far the most messages are shorter than 2^14.
  constexpr std::size_t longest_varint = 10;
  std::uint64_t length = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto byte = static_cast<unsigned char>(bytes[i]);
    if (i == longest_varint - 1 && byte > 1) {
      throw protocol_error("the length of a message is no varint of 64 bits", i);
    }
    length |= std::uint64_t{byte & 0x7fu} << (7 * i);
    if (byte < 0x80) return {length, i + 1};
  }
  return {0, 0};
}

/// Appends what the beginning of a point, or of a batch, says of where it belongs.
void add_place(std::string& text, message_kind kind, cursor in) {
  const bool begin = kind == message_kind::begin;
  const auto name = begin ? begin_number::name : point_number::name;
  const auto group = begin ? begin_number::group : point_number::group;
  for (auto key = in.key(); number_of(key) <= group; key = in.key()) {
    const auto number = number_of(key);
    if (number != name && number != group) {
      in.skip(key);
      continue;
    }
    text += number == name ? ", of measurement " : ", of group ";
    text += shown(in.bytes());
  }
}

/// What can be told of a message of which only the beginning is there.
std::string place_of(std::string_view begun) {
  std::string text;
  try {
    cursor envelope(begun, "");
    const auto kind = static_cast<message_kind>(number_of(envelope.key()));
    envelope.varint();  // the length of what is in it
    if (kind == message_kind::begin || kind == message_kind::point) {
      add_place(text, kind, envelope);
    }
  } catch (const protocol_error&) {
    // Here ends what has come.
  }
  return text;
}

}  // namespace

std::optional<frame> first_frame(std::string_view bytes, std::size_t max_message,
                                 const char* flag) {
  const auto prefix = read_length(bytes);
  if (prefix.size == 0) return std::nullopt;
  if (prefix.length > max_message) {
    throw protocol_error("a message of " + std::to_string(prefix.length) +
                         " bytes exceeds the limit of " + std::to_string(max_message) + " (" +
                         flag + ")" + place_of(bytes.substr(prefix.size)));
  }
  const auto length = static_cast<std::size_t>(prefix.length);
  if (bytes.size() - prefix.size < length) return std::nullopt;
  return frame{bytes.substr(prefix.size, length), prefix.size + length};
}

std::optional<unsigned char> first_byte(std::string_view bytes) {
  const auto prefix = read_length(bytes);
  if (prefix.size == 0 || bytes.size() == prefix.size) return std::nullopt;
  return static_cast<unsigned char>(bytes[prefix.size]);
}

std::size_t worthwhile_room(std::string_view waiting, std::size_t least) {
  const auto known = read_short_length(waiting);
  if (known.size != 0 && waiting.size() - known.size >= known.length) return 1;
  try {
    const auto prefix = read_length(waiting);
    const auto there = waiting.size() - prefix.size;
    if (prefix.size == 0 || prefix.length <= there) return 1;
    const auto missing = static_cast<std::size_t>(prefix.length) - there;
    constexpr std::size_t earnest = std::size_t{1} << 20;
    // Memory that nothing is ever written to costs nothing, growing does.
    return waiting.size() < earnest ? std::min(missing, std::max(least, waiting.size())) : missing;
  } catch (const protocol_error&) {
    return 1;  // whoever reads the message will say so
  }
}

void append_frame(output_buffer& out, std::string_view message, std::size_t max_message) {
  if (message.size() > max_message) {
    throw std::length_error("a message of " + std::to_string(message.size()) +
                            " bytes to Kapacitor exceeds the limit of " +
                            std::to_string(max_message) + " (--max-message)");
  }
  const auto whole = size_of_varint(message.size()) + message.size();
  proto_writer w(out.grow(whole));
  w.put_varint(message.size());
  w.put_raw(message);
  out.advance(whole);
}

std::string head_of_frame(message_kind kind, std::size_t bytes) {
  const auto with_length = [](std::string head, std::size_t n) {
    protozero::write_varint(std::back_inserter(head), n);
    return head;
  };
  const auto key = [](std::uint32_t number) {
    return std::string(1, static_cast<char>(key_of(number, wire_type::length)));
  };
  const auto field = with_length(key(snapshot_number::bytes), bytes);
  const auto message =
      with_length(key(static_cast<std::uint32_t>(kind)), field.size() + bytes) + field;
  return with_length("", message.size() + bytes) + message;
}

}  // namespace kapacitor::udf::wire
