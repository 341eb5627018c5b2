#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "wire/message_numbers.hpp"
#include "wire/output_buffer.hpp"

namespace kapacitor::udf::wire {

/// Largest message by default, in bytes, both ways.
inline constexpr std::size_t default_max_message = std::size_t{16} << 20;

/// `bytes` without the first `n` of them, which are there. substr() asks once more whether they
/// are, and that is a call for every point.
[[gnu::always_inline]] inline std::string_view behind(std::string_view bytes, std::size_t n) {
  bytes.remove_prefix(n);
  return bytes;
}

/// A length-prefixed message at the start of some bytes.
struct frame {
  std::string_view message;
  std::size_t size;  // with its length prefix
};

/// The message at the start of `bytes`; empty where more bytes must come first.
///
/// Errors: protocol_error where the length is no varint or exceeds `max_message`, which `flag`
/// sets.
std::optional<frame> first_frame(std::string_view bytes, std::size_t max_message,
                                 const char* flag = "--max-message");

/// A length below 16384 at the start of some bytes: a varint of one or two, as most are.
struct short_length {
  std::size_t length;
  std::size_t size;  // of the varint; 0: it is longer, or not all there
};
[[gnu::always_inline]] inline short_length read_short_length(std::string_view bytes) {
  if (bytes.size() < 2) return {0, 0};
  const auto low = static_cast<unsigned char>(bytes[0]),
             high = static_cast<unsigned char>(bytes[1]);
  if (low < 0x80) return {low, 1};
  return {(low & 0x7fU) | std::size_t{high} << 7, high < 0x80 ? 2U : 0U};
}

/// As first_frame(), for what is usual: a message below 16 KiB that is all there. Empty: ask
/// first_frame(). Never throws.
[[gnu::always_inline]] inline std::optional<frame> usual_frame(std::string_view bytes,
                                                               std::size_t max_message) {
  const auto [length, size] = read_short_length(bytes);
  if (size == 0 || length > max_message || bytes.size() - size < length) return std::nullopt;
  return frame{{bytes.data() + size, length}, size + length};
}

/// The first byte of the message that begins with `bytes`, behind its length; empty where it has
/// not come yet. Errors: protocol_error where the length is no varint
std::optional<unsigned char> first_byte(std::string_view bytes);

/// How much room to make for what comes behind `waiting`: all that is missing of its message, but
/// no more than `least` or as much again as has come: a length alone earns no memory.
std::size_t worthwhile_room(std::string_view waiting, std::size_t least);

/// Appends a whole frame around an encoded Request or Response.
///
/// Errors: std::length_error if the message exceeds `max_message`; nothing is appended.
void append_frame(output_buffer& out, std::string_view message, std::size_t max_message);

/// What stands before `bytes` bytes of a snapshot in the frame of a SnapshotResponse or of a
/// RestoreRequest: messages that hold nothing else. At most longest_head bytes.
std::string head_of_frame(message_kind kind, std::size_t bytes);
inline constexpr std::size_t longest_head = 32;

}  // namespace kapacitor::udf::wire
