#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

#include "wire/cursor.hpp"
#include "wire/message_numbers.hpp"
#include <kapacitor/udf/value.hpp>

namespace kapacitor::udf::wire {

/// An entry of a protobuf map: a message of a key and a value; both may be missing.
template <class Value>
struct entry {
  std::string_view key;
  Value value{};
};

inline void read_value(cursor& in, std::string_view& value) {
  value = in.bytes();
}
inline void read_value(cursor& in, std::int64_t& value) {
  value = static_cast<std::int64_t>(in.varint());
}
inline void read_value(cursor& in, bool& value) {
  value = in.varint() != 0;
}
inline void read_value(cursor& in, double& value) {
  std::memcpy(&value, in.fixed(8), 8);
}

static_assert(std::endian::native == std::endian::little, "doubles are read as they lie");

template <class Value, wire_type type>
[[gnu::noinline]] entry<Value> read_any_entry(std::string_view message) {
  entry<Value> e;
  for (cursor in(message, "an entry of a map"); !in.done();) {
    const auto key = in.key();
    if (key == key_of(entry_number::key, wire_type::length)) {
      e.key = in.bytes();
    } else if (key == key_of(entry_number::value, type)) {
      read_value(in, e.value);
    } else {
      in.skip(key);
    }
  }
  return e;
}

/// The usual entry: both parts, in order, lengths below 128. Any other goes the long way.
template <class Value, wire_type type>
[[gnu::always_inline]] inline entry<Value> read_entry(std::string_view message) {
  const char* at = message.data();
  if (message.size() >= 4 &&
      at[0] == static_cast<char>(key_of(entry_number::key, wire_type::length)) && at[1] >= 0) {
    const std::size_t key_size = static_cast<unsigned char>(at[1]);
    if (message.size() >= key_size + 4 &&
        at[2 + key_size] == static_cast<char>(key_of(entry_number::value, type))) {
      const std::string_view key(at + 2, key_size);
      const std::string_view rest(at + key_size + 3, message.size() - key_size - 3);
      if constexpr (std::is_same_v<Value, double>) {
        if (rest.size() == 8) {
          double x = 0;
          std::memcpy(&x, rest.data(), 8);
          return {key, x};
        }
      } else if constexpr (std::is_same_v<Value, std::string_view>) {
        if (rest.size() < 128 && rest[0] == static_cast<char>(rest.size() - 1)) {
          return {key, {rest.data() + 1, rest.size() - 1}};
        }
      }
    }
  }
  return read_any_entry<Value, type>(message);
}

[[gnu::always_inline]] inline tag read_tag(std::string_view message) {
  const auto e = read_entry<std::string_view, wire_type::length>(message);
  return {e.key, e.value};
}

}  // namespace kapacitor::udf::wire
