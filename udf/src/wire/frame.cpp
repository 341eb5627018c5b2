#include <wire/frame.hpp>

#include <cstdint>
#include <string>

#include <wire/protocol_error.hpp>

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

}  // namespace

std::optional<frame> first_frame(std::string_view bytes, std::size_t max_message) {
  const auto prefix = read_length(bytes);
  if (prefix.size == 0) return std::nullopt;
  if (prefix.length > max_message) {
    throw protocol_error("a message of " + std::to_string(prefix.length) +
                         " bytes exceeds the limit of " + std::to_string(max_message) +
                         " (--max-message)");
  }
  const auto length = static_cast<std::size_t>(prefix.length);
  if (bytes.size() - prefix.size < length) return std::nullopt;
  return frame{bytes.substr(prefix.size, length), prefix.size + length};
}

std::size_t missing_bytes(std::string_view bytes) {
  const auto prefix = read_length(bytes);
  if (prefix.size == 0) return 1;
  const auto there = bytes.size() - prefix.size;
  return prefix.length > there ? static_cast<std::size_t>(prefix.length) - there : 1;
}

}  // namespace kapacitor::udf::wire
