#pragma once

#include <cstddef>
#include <string_view>

#include "wire/frame.hpp"
#include "wire/message_numbers.hpp"

namespace kapacitor::udf::wire {

/// The message that a Request or Response holds.
struct envelope {
  message_kind kind;  // none: it holds nothing; or a number that message_kind does not name
  std::string_view body;
};

/// Errors: protocol_error if the envelope is damaged, if it holds something else than a message, or
///         more than one.
envelope open_envelope(std::string_view message);

/// As open_envelope(), for the common case: the body of a Point below 16 KiB and nothing else.
/// Empty: ask open_envelope(). Never throws.
[[gnu::always_inline]] inline std::string_view usual_point(std::string_view message) {
  constexpr std::size_t key = 2;
  if (message.size() < key || message[0] != '\x8a' || message[1] != '\x01') return {};
  const auto [length, size] = read_short_length(behind(message, key));
  const auto head = key + size;
  return size != 0 && length == message.size() - head ? behind(message, head) : std::string_view();
}

}  // namespace kapacitor::udf::wire
