#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <protozero/exception.hpp>
#include <protozero/varint.hpp>

#include <wire/protocol_error.hpp>

namespace kapacitor::udf::wire {

/// How the value of a protobuf field is laid out.
enum class wire_type : std::uint32_t { varint = 0, fixed64 = 1, length = 2, fixed32 = 5 };

/// The key in front of a field's value.
constexpr std::uint32_t key_of(std::uint32_t number, wire_type type) {
  return number << 3 | static_cast<std::uint32_t>(type);
}

/// Reads a protobuf message from its first byte on.
///
/// Errors: protocol_error naming the message and the offset where it is damaged.
class cursor {
 public:
  cursor(std::string_view message, const char* what)
      : at_(message.data()), begin_(at_), end_(at_ + message.size()), what_(what) {}

  bool done() const { return at_ == end_; }
  const char* at() const { return at_; }

  std::uint64_t varint() {
    if (at_ != end_ && static_cast<unsigned char>(*at_) < 0x80) [[likely]] {
      return static_cast<unsigned char>(*at_++);
    }
    return long_varint();
  }
  std::uint32_t key() {
    const auto k = varint();
    if (k > 0xffffffffu || k < 8) fail("has an impossible field number");
    return static_cast<std::uint32_t>(k);
  }
  std::string_view bytes() {
    const auto n = varint();
    if (n > static_cast<std::uint64_t>(end_ - at_)) fail("is cut off");
    const std::string_view taken(at_, static_cast<std::size_t>(n));
    at_ += n;
    return taken;
  }
  const char* fixed(std::size_t n) {
    if (static_cast<std::size_t>(end_ - at_) < n) fail("is cut off");
    const char* taken = at_;
    at_ += n;
    return taken;
  }
  /// Passes over the value of a field that is not known here.
  void skip(std::uint32_t key) {
    switch (static_cast<wire_type>(key & 7)) {
      case wire_type::varint:
        varint();
        break;
      case wire_type::fixed64:
        fixed(8);
        break;
      case wire_type::length:
        bytes();
        break;
      case wire_type::fixed32:
        fixed(4);
        break;
      default:
        fail("has a field of an unknown kind");
    }
  }
  [[noreturn]] void fail(const char* how) const {
    throw protocol_error(std::string(what_) + " " + how, static_cast<std::size_t>(at_ - begin_));
  }

 private:
  std::uint64_t long_varint() {
    try {
      return protozero::decode_varint(&at_, end_);
    } catch (const protozero::exception&) {
      fail("is cut off or has a number that is too long");
    }
  }

  const char* at_;
  const char* begin_;
  const char* end_;
  const char* what_;
};

}  // namespace kapacitor::udf::wire
