#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>

#include "wire/output_buffer.hpp"
#include "wire/proto_writer.hpp"

// A data message with everything around it: length, key of the envelope, length of the message.
namespace kapacitor::udf::wire {

inline constexpr std::size_t envelope_key = 2;  // bytes: the data messages' numbers are 16 to 18
/// Length, envelope key and body length of a frame.
inline std::size_t size_of_head(std::size_t body) {
  const auto rest = envelope_key + size_of_varint(body);
  return size_of_varint(rest + body) + rest;
}
inline proto_writer put_head(proto_writer out, message_kind which, std::size_t body) {
  out.put_length(envelope_key + size_of_varint(body) + body);
  out.put_varint(key_of(static_cast<std::uint32_t>(which), wire_type::length));
  out.put_length(body);
  return out;
}

/// A frame with what `put` writes: `body` bytes.
template <class Put>
void append_message(output_buffer& out, message_kind which, std::size_t body,
                    std::size_t max_message, Put put) {
  const auto message = envelope_key + size_of_varint(body) + body;
  if (message > max_message) {
    throw std::length_error("a message of " + std::to_string(message) +
                            " bytes to Kapacitor exceeds the limit of " +
                            std::to_string(max_message) + " (--max-message)");
  }
  const auto whole = size_of_head(body) + body;
  put(put_head(proto_writer(out.grow(whole)), which, body));
  out.advance(whole);
}

}  // namespace kapacitor::udf::wire
