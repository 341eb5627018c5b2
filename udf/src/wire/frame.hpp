#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace kapacitor::udf::wire {

/// Largest message by default, in bytes, both ways.
inline constexpr std::size_t default_max_message = std::size_t{16} << 20;

/// A length-prefixed message at the start of some bytes.
struct frame {
  std::string_view message;
  std::size_t size;  // with its length prefix
};

/// The message at the start of `bytes`; empty where more bytes must come first.
///
/// Errors: protocol_error where the length is no varint or exceeds `max_message`.
std::optional<frame> first_frame(std::string_view bytes, std::size_t max_message);

/// How many bytes are surely missing from the first frame of `bytes`: at least 1.
std::size_t missing_bytes(std::string_view bytes);

}  // namespace kapacitor::udf::wire
