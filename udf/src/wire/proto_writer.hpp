#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "wire/cursor.hpp"
#include "wire/message_numbers.hpp"
#include <kapacitor/udf/value.hpp>

// The mirror of cursor.hpp: how large a part of a message is, and how it is written.
namespace kapacitor::udf::wire {

/// Seven bits a byte: for 1 to 64 bits, 9/64 is near enough to 1/7.
constexpr std::size_t size_of_varint(std::uint64_t x) {
  return static_cast<std::size_t>(std::bit_width(x | 1) * 9 + 64) / 64;
}
static_assert(size_of_varint(0) == 1 && size_of_varint(127) == 1 && size_of_varint(128) == 2);
static_assert(size_of_varint((1ULL << 63) - 1) == 9 && size_of_varint(1ULL << 63) == 10);

/// Of a key below 128, a length and that many bytes.
inline std::size_t size_of_bytes(std::size_t n) {
  return n < 128 ? n + 2 : 1 + size_of_varint(n) + n;
}

/// Of sizeof(Block) to twice as many bytes.
template <class Block>
void copy_ends(char* to, const char* from, std::size_t n) {
  Block first, last;
  std::memcpy(&first, from, sizeof first);
  std::memcpy(&last, from + n - sizeof last, sizeof last);
  std::memcpy(to, &first, sizeof first);
  std::memcpy(to + n - sizeof last, &last, sizeof last);
}

/// Copies the short pieces that messages are made of: a call of memcpy costs more than the copying.
[[gnu::always_inline]] inline void copy(char* to, const char* from, std::size_t n) {
  constexpr std::size_t block = 16;
  if (n > 256) {
    std::memcpy(to, from, n);
  } else if (n >= block) {
    // The last block overlaps the one before it.
    for (std::size_t at = 0; at + block < n; at += block) std::memcpy(to + at, from + at, block);
    std::memcpy(to + n - block, from + n - block, block);
  } else if (n >= 8) {
    copy_ends<std::uint64_t>(to, from, n);
  } else if (n >= 4) {
    copy_ends<std::uint32_t>(to, from, n);
  } else {
    for (std::size_t i = 0; i < n; ++i) to[i] = from[i];
  }
}

/// Writes protobuf to memory that is known to suffice.
///
/// To be passed and returned by value: where it has an address, each byte written might be a part
/// of it, and where to go on is read from memory again and again.
class proto_writer {
 public:
  explicit proto_writer(char* at) : at_(at) {}
  char* at() const { return at_; }

  [[gnu::always_inline]] void put_varint(std::uint64_t x) {
    for (; x >= 0x80; x >>= 7) *at_++ = static_cast<char>(x | 0x80);
    *at_++ = static_cast<char>(x);
  }
  /// A varint of one or two bytes, as most lengths are.
  [[gnu::always_inline]] void put_length(std::size_t n) {
    if (n < 128) {
      *at_++ = static_cast<char>(n);
    } else if (n < 16'384) {
      const auto both = static_cast<std::uint16_t>((n & 0x7f) | 0x80 | n >> 7 << 8);
      std::memcpy(at_, &both, sizeof both);
      at_ += sizeof both;
    } else {
      put_varint(n);
    }
  }
  [[gnu::always_inline]] void put_raw(std::string_view bytes) {
    copy(at_, bytes.data(), bytes.size());
    at_ += bytes.size();
  }
  [[gnu::always_inline]] void put_bytes(std::uint32_t number, std::string_view bytes) {
    put_varint(key_of(number, wire_type::length));
    put_length(bytes.size());
    put_raw(bytes);
  }
  [[gnu::always_inline]] void put_number(std::uint32_t number, std::uint64_t x) {
    put_varint(key_of(number, wire_type::varint));
    put_varint(x);
  }
  [[gnu::always_inline]] void put_byte(std::size_t x) { *at_++ = static_cast<char>(x); }
  /// Leaves room for a length of one byte, which put_size_since() says.
  [[gnu::always_inline]] char* put_later() { return at_++; }
  [[gnu::always_inline]] void put_size_since(char* later) {
    *later = static_cast<char>(at_ - later - 1);
  }
  [[gnu::always_inline]] void put_double(std::uint32_t number, double x) {
    put_varint(key_of(number, wire_type::fixed64));
    std::memcpy(at_, &x, 8);
    at_ += 8;
  }

 private:
  char* at_;
};

// A proto3 message leaves out what has its default value: 0, false, empty.
inline std::size_t size_of_text(std::string_view text) {
  return text.empty() ? 0 : size_of_bytes(text.size());
}
inline std::size_t size_of_number(std::uint64_t x) {
  return x == 0 ? 0 : 1 + size_of_varint(x);
}
inline proto_writer put_text(proto_writer out, std::uint32_t number, std::string_view text) {
  if (!text.empty()) out.put_bytes(number, text);
  return out;
}
inline proto_writer put_number(proto_writer out, std::uint32_t number, std::uint64_t x) {
  if (x != 0) out.put_number(number, x);
  return out;
}

inline std::size_t size_of_entry(const tag& t) {
  return size_of_bytes(t.name.size()) + size_of_bytes(t.value.size());
}
inline std::size_t size_of_tags(std::span<const tag> tags) {
  std::size_t n = 0;
  for (const auto& t : tags) n += size_of_bytes(size_of_entry(t));
  return n;
}
inline proto_writer put_tags(proto_writer out, std::uint32_t number, std::span<const tag> tags) {
  for (const auto& t : tags) {
    out.put_varint(key_of(number, wire_type::length));
    out.put_length(size_of_entry(t));
    out.put_bytes(entry_number::key, t.name);
    out.put_bytes(entry_number::value, t.value);
  }
  return out;
}

}  // namespace kapacitor::udf::wire
