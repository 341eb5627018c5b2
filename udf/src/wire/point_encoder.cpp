#include <algorithm>
#include <bit>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <string>

#include "wire/cursor.hpp"
#include "wire/point_codec.hpp"

namespace kapacitor::udf::wire {
namespace {

constexpr auto varint = wire_type::varint;
constexpr auto length = wire_type::length;
constexpr auto fixed64 = wire_type::fixed64;

/// Seven bits a byte: for 1 to 64 bits, 9/64 is near enough to 1/7.
constexpr std::size_t size_of_varint(std::uint64_t x) {
  return static_cast<std::size_t>(std::bit_width(x | 1) * 9 + 64) / 64;
}
static_assert(size_of_varint(0) == 1 && size_of_varint(127) == 1 && size_of_varint(128) == 2);
static_assert(size_of_varint((1ULL << 63) - 1) == 9 && size_of_varint(1ULL << 63) == 10);

/// Of a key below 128, a length and that many bytes.
std::size_t size_of_bytes(std::size_t n) {
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
class writer {
 public:
  explicit writer(char* at) : at_(at) {}
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
    put_varint(key_of(number, length));
    put_length(bytes.size());
    put_raw(bytes);
  }
  [[gnu::always_inline]] void put_number(std::uint32_t number, std::uint64_t x) {
    put_varint(key_of(number, varint));
    put_varint(x);
  }
  [[gnu::always_inline]] void put_byte(std::size_t x) { *at_++ = static_cast<char>(x); }
  /// Leaves room for a length of one byte, which put_size_since() says.
  [[gnu::always_inline]] char* put_later() { return at_++; }
  [[gnu::always_inline]] void put_size_since(char* later) {
    *later = static_cast<char>(at_ - later - 1);
  }
  [[gnu::always_inline]] void put_double(std::uint32_t number, double x) {
    put_varint(key_of(number, fixed64));
    std::memcpy(at_, &x, 8);
    at_ += 8;
  }

 private:
  char* at_;
};

// A proto3 message leaves out what has its default value: 0, false, empty.
std::size_t size_of_text(std::string_view text) {
  return text.empty() ? 0 : size_of_bytes(text.size());
}
std::size_t size_of_number(std::uint64_t x) {
  return x == 0 ? 0 : 1 + size_of_varint(x);
}
writer put_text(writer out, std::uint32_t number, std::string_view text) {
  if (!text.empty()) out.put_bytes(number, text);
  return out;
}
writer put_number(writer out, std::uint32_t number, std::uint64_t x) {
  if (x != 0) out.put_number(number, x);
  return out;
}

std::size_t size_of_entry(const tag& t) {
  return size_of_bytes(t.name.size()) + size_of_bytes(t.value.size());
}
std::size_t size_of_tags(std::span<const tag> tags) {
  std::size_t n = 0;
  for (const auto& t : tags) n += size_of_bytes(size_of_entry(t));
  return n;
}
writer put_tags(writer out, std::uint32_t number, std::span<const tag> tags) {
  for (const auto& t : tags) {
    out.put_varint(key_of(number, length));
    out.put_length(size_of_entry(t));
    out.put_bytes(1, t.name);
    out.put_bytes(2, t.value);
  }
  return out;
}

// The key of the map that holds a value, by its place in value::held(): double, int64, string,
// bool.
constexpr std::uint32_t key_of_map[] = {key_of(8, length), key_of(9, length), key_of(10, length),
                                        key_of(12, length)};
/// Not std::visit(), whose checks take longer than what there is to do.
std::size_t size_of_value(const udf::value& v) {
  const auto& held = v.held();
  switch (held.index()) {
    case 0:
      return 9;
    case 1:
      return 1 + size_of_varint(static_cast<std::uint64_t>(*std::get_if<std::int64_t>(&held)));
    case 2:
      return size_of_bytes(std::get_if<std::string_view>(&held)->size());
    default:
      return 2;
  }
}
[[gnu::always_inline]] inline writer put_value(writer out, const udf::value& v) {
  const auto& held = v.held();
  switch (held.index()) {
    case 0:
      out.put_double(2, *std::get_if<double>(&held));
      break;
    case 1:
      out.put_number(2, static_cast<std::uint64_t>(*std::get_if<std::int64_t>(&held)));
      break;
    case 2:
      out.put_bytes(2, *std::get_if<std::string_view>(&held));
      break;
    default:
      out.put_number(2, *std::get_if<bool>(&held));
  }
  return out;
}

std::size_t size_of_entry(const field& f) {
  return size_of_bytes(f.name.size()) + size_of_value(f.value);
}
writer put_field(writer out, const field& f) {
  out.put_varint(key_of_map[f.value.held().index()]);
  out.put_length(size_of_entry(f));
  out.put_bytes(1, f.name);
  return put_value(out, f.value);
}

std::size_t size_of_header(const udf::header& h) {
  std::size_t n =
      size_of_text(h.name) + size_of_text(h.database) + size_of_text(h.retention_policy);
  for (const auto d : h.dimensions) n += size_of_bytes(d.size());
  return n + size_of_tags(h.tags) + (h.by_name ? 2 : 0);
}
std::size_t size_of_point(const point_parts& p) {
  std::size_t n = size_of_text(p.group);
  if (!p.keep_old_time) n += size_of_number(static_cast<std::uint64_t>(p.time)) - p.old_time;
  if (p.header) n += p.header->size();
  if (p.encoded_fields) n += p.encoded_fields->size();
  for (const auto& f : p.fields) n += size_of_bytes(size_of_entry(f));
  return p.own_header ? n + size_of_header(*p.own_header) : n;
}
[[gnu::always_inline]] inline writer put_pieces(writer out, const detail::raw_pieces& pieces,
                                                std::size_t leave_out = 0) {
  out.put_raw(pieces.first().substr(leave_out));
  for (const auto piece : pieces.rest()) out.put_raw(piece);
  return out;
}
/// In the order of the numbers, as Kapacitor does: that is the one that is read fastest.
writer put_header(writer out, const udf::header& h, std::string_view group) {
  out = put_text(out, 2, h.name);
  out = put_text(out, 3, h.database);
  out = put_text(out, 4, h.retention_policy);
  out = put_text(out, 5, group);
  for (const auto d : h.dimensions) out.put_bytes(6, d);
  return put_tags(out, 7, h.tags);
}
writer put_point(writer out, const point_parts& p) {
  if (!p.keep_old_time) out = put_number(out, 1, static_cast<std::uint64_t>(p.time));
  if (p.header) out = put_pieces(out, *p.header, p.keep_old_time ? 0 : p.old_time);
  if (p.own_header) out = put_header(out, *p.own_header, p.group);
  if (p.encoded_fields) out = put_pieces(out, *p.encoded_fields);
  for (const auto& f : p.fields) out = put_field(out, f);
  if (p.own_header) out = put_number(out, 11, p.own_header->by_name);
  return out;
}

// Of most points the exact size need not be known before they are written, only what they take at
// most: of those whose fields are short, so that lengths of theirs take one byte.
constexpr std::size_t longest_short = 48;  // name, text
bool is_short(const field& f) {
  const auto* text = std::get_if<std::string_view>(&f.value.held());
  return f.name.size() <= longest_short && (!text || text->size() <= longest_short);
}
/// Empty: it is no such point.
std::optional<std::size_t> most_of_point(const point_parts& p) {
  constexpr std::size_t most_of_number = 11, rest_of_field = 6;
  if (p.own_header) return std::nullopt;
  std::size_t n = p.header ? p.header->size() : 0;
  if (!p.keep_old_time) n += most_of_number;
  if (p.encoded_fields) n += p.encoded_fields->size();
  for (const auto& f : p.fields) {
    if (!is_short(f)) return std::nullopt;
    const auto* text = std::get_if<std::string_view>(&f.value.held());
    n += f.name.size() + std::max(most_of_number, text ? text->size() : 0) + rest_of_field;
  }
  return n;
}
[[gnu::always_inline]] inline writer put_short_field(writer out, const field& f) {
  out.put_byte(key_of_map[f.value.held().index()]);
  const auto size = out.put_later();
  out.put_byte(key_of(1, length));
  out.put_byte(f.name.size());
  out.put_raw(f.name);
  out = put_value(out, f.value);
  out.put_size_since(size);
  return out;
}

std::size_t size_of_batch(const batch_parts& b, std::int64_t number) {
  return size_of_text(b.name) + size_of_text(b.group) + size_of_tags(b.tags) +
         size_of_number(static_cast<std::uint64_t>(number)) + (b.by_name ? 2 : 0);
}

constexpr std::size_t envelope_key = 2;  // bytes: the data messages' numbers are 16 to 18
/// Length, envelope key and body length of a frame.
std::size_t size_of_head(std::size_t body) {
  const auto rest = envelope_key + size_of_varint(body);
  return size_of_varint(rest + body) + rest;
}
writer put_head(writer out, data_message which, std::size_t body) {
  out.put_length(envelope_key + size_of_varint(body) + body);
  out.put_varint(key_of(static_cast<std::uint32_t>(which), length));
  out.put_length(body);
  return out;
}

/// A frame with what `put` writes: `body` bytes.
template <class Put>
void append(output_buffer& out, data_message which, std::size_t body, std::size_t max_message,
            Put put) {
  const auto message = envelope_key + size_of_varint(body) + body;
  if (message > max_message) {
    throw std::length_error("a message of " + std::to_string(message) +
                            " bytes to Kapacitor exceeds the limit of " +
                            std::to_string(max_message) + " (--max-message)");
  }
  const auto whole = size_of_head(body) + body;
  put(put_head(writer(out.grow(whole)), which, body));
  out.advance(whole);
}

/// A frame with a point that takes `most` bytes or less, the head written last.
void append_short_point(output_buffer& out, const point_parts& p, std::size_t most) {
  const auto room = size_of_head(most);
  char* const begin = out.grow(room + most);
  writer body(begin + room);
  if (!p.keep_old_time) body = put_number(body, 1, static_cast<std::uint64_t>(p.time));
  if (p.header) body = put_pieces(body, *p.header, p.keep_old_time ? 0 : p.old_time);
  if (p.encoded_fields) body = put_pieces(body, *p.encoded_fields);
  for (const auto& f : p.fields) body = put_short_field(body, f);
  const auto size = static_cast<std::size_t>(body.at() - (begin + room));
  const auto head = size_of_head(size);
  if (head != room) [[unlikely]]
    std::memmove(begin + head, begin + room, size);
  put_head(writer(begin), data_message::point, size);
  out.advance(head + size);
}

}  // namespace

void append_point(output_buffer& out, const point_parts& parts, std::size_t max_message) {
  if (const auto most = most_of_point(parts); most && *most + size_of_head(*most) <= max_message)
      [[likely]] {
    return append_short_point(out, parts, *most);
  }
  append(out, data_message::point, size_of_point(parts), max_message,
         [&](writer w) { put_point(w, parts); });
}

void append_begin(output_buffer& out, const batch_parts& b, std::size_t max_message) {
  append(out, data_message::begin, size_of_batch(b, b.size), max_message, [&](writer w) {
    w = put_text(w, 1, b.name);
    w = put_text(w, 2, b.group);
    w = put_tags(w, 3, b.tags);
    w = put_number(w, 4, static_cast<std::uint64_t>(b.size));
    w = put_number(w, 5, b.by_name);
  });
}

void append_end(output_buffer& out, const batch_parts& b, std::size_t max_message) {
  append(out, data_message::end, size_of_batch(b, b.tmax), max_message, [&](writer w) {
    w = put_text(w, 1, b.name);
    w = put_text(w, 2, b.group);
    w = put_number(w, 3, static_cast<std::uint64_t>(b.tmax));
    w = put_tags(w, 4, b.tags);
    w = put_number(w, 5, b.by_name);
  });
}

void append_frame(output_buffer& out, std::string_view message, std::size_t max_message) {
  if (message.size() > max_message) {
    throw std::length_error("a message of " + std::to_string(message.size()) +
                            " bytes to Kapacitor exceeds the limit of " +
                            std::to_string(max_message) + " (--max-message)");
  }
  const auto whole = size_of_varint(message.size()) + message.size();
  writer w(out.grow(whole));
  w.put_varint(message.size());
  w.put_raw(message);
  out.advance(whole);
}

}  // namespace kapacitor::udf::wire
