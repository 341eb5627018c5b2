#include <bit>
#include <cstring>
#include <stdexcept>
#include <string>

#include <wire/cursor.hpp>
#include <wire/point_codec.hpp>

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

/// Copies the short pieces that messages are made of: a call of memcpy costs more than the copying.
void copy(char* to, const char* from, std::size_t n) {
  constexpr std::size_t block = 16;
  if (n > 256) {
    std::memcpy(to, from, n);
  } else if (n >= block) {
    // The last block overlaps the one before it.
    for (std::size_t at = 0; at + block < n; at += block) std::memcpy(to + at, from + at, block);
    std::memcpy(to + n - block, from + n - block, block);
  } else if (n >= 8) {
    std::uint64_t first, last;
    std::memcpy(&first, from, 8);
    std::memcpy(&last, from + n - 8, 8);
    std::memcpy(to, &first, 8);
    std::memcpy(to + n - 8, &last, 8);
  } else {
    for (std::size_t i = 0; i < n; ++i) to[i] = from[i];
  }
}

/// Writes protobuf to memory that is known to suffice.
class writer {
 public:
  explicit writer(char* at) : at_(at) {}
  char* at() const { return at_; }

  void put_varint(std::uint64_t x) {
    for (; x >= 0x80; x >>= 7) *at_++ = static_cast<char>(x | 0x80);
    *at_++ = static_cast<char>(x);
  }
  /// A varint of one or two bytes, as most lengths are.
  void put_length(std::size_t n) {
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
  void put_raw(std::string_view bytes) {
    copy(at_, bytes.data(), bytes.size());
    at_ += bytes.size();
  }
  void put_bytes(std::uint32_t number, std::string_view bytes) {
    put_varint(key_of(number, length));
    put_length(bytes.size());
    put_raw(bytes);
  }
  void put_number(std::uint32_t number, std::uint64_t x) {
    put_varint(key_of(number, varint));
    put_varint(x);
  }
  void put_double(std::uint32_t number, double x) {
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
void put_text(writer& out, std::uint32_t number, std::string_view text) {
  if (!text.empty()) out.put_bytes(number, text);
}
void put_number(writer& out, std::uint32_t number, std::uint64_t x) {
  if (x != 0) out.put_number(number, x);
}

std::size_t size_of_entry(const tag& t) {
  return size_of_bytes(t.name.size()) + size_of_bytes(t.value.size());
}
std::size_t size_of_tags(std::span<const tag> tags) {
  std::size_t n = 0;
  for (const auto& t : tags) n += size_of_bytes(size_of_entry(t));
  return n;
}
void put_tags(writer& out, std::uint32_t number, std::span<const tag> tags) {
  for (const auto& t : tags) {
    out.put_varint(key_of(number, length));
    out.put_length(size_of_entry(t));
    out.put_bytes(1, t.name);
    out.put_bytes(2, t.value);
  }
}

struct size_of_value {
  std::size_t operator()(double) const { return 9; }
  std::size_t operator()(std::int64_t x) const {
    return 1 + size_of_varint(static_cast<std::uint64_t>(x));
  }
  std::size_t operator()(std::string_view x) const { return size_of_bytes(x.size()); }
  std::size_t operator()(bool) const { return 2; }
};
struct put_value {
  writer& out;
  void operator()(double x) const { out.put_double(2, x); }
  void operator()(std::int64_t x) const { out.put_number(2, static_cast<std::uint64_t>(x)); }
  void operator()(std::string_view x) const { out.put_bytes(2, x); }
  void operator()(bool x) const { out.put_number(2, x); }
};
// The map that holds a value, by its place in value::held(): double, int64, string, bool.
constexpr std::uint32_t map_of_value[] = {8, 9, 10, 12};

std::size_t size_of_entry(const field& f) {
  return size_of_bytes(f.name.size()) + std::visit(size_of_value{}, f.value.held());
}
void put_field(writer& out, const field& f) {
  out.put_varint(key_of(map_of_value[f.value.held().index()], length));
  out.put_length(size_of_entry(f));
  out.put_bytes(1, f.name);
  std::visit(put_value{out}, f.value.held());
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
void put_pieces(writer& out, const detail::raw_pieces& pieces, std::size_t leave_out = 0) {
  pieces.each([&](std::string_view piece) {
    out.put_raw(piece.substr(leave_out));
    leave_out = 0;
  });
}
/// In the order of the numbers, as Kapacitor does: that is the one that is read fastest.
void put_header(writer& out, const udf::header& h, std::string_view group) {
  put_text(out, 2, h.name);
  put_text(out, 3, h.database);
  put_text(out, 4, h.retention_policy);
  put_text(out, 5, group);
  for (const auto d : h.dimensions) out.put_bytes(6, d);
  put_tags(out, 7, h.tags);
}
void put_point(writer& out, const point_parts& p) {
  if (!p.keep_old_time) put_number(out, 1, static_cast<std::uint64_t>(p.time));
  if (p.header) put_pieces(out, *p.header, p.keep_old_time ? 0 : p.old_time);
  if (p.own_header) put_header(out, *p.own_header, p.group);
  if (p.encoded_fields) put_pieces(out, *p.encoded_fields);
  for (const auto& f : p.fields) put_field(out, f);
  if (p.own_header) put_number(out, 11, p.own_header->by_name);
}

std::size_t size_of_batch(const batch_parts& b, std::int64_t number) {
  return size_of_text(b.name) + size_of_text(b.group) + size_of_tags(b.tags) +
         size_of_number(static_cast<std::uint64_t>(number)) + (b.by_name ? 2 : 0);
}

/// Length, envelope key and body length, then what `put` writes: `body` bytes.
template <class Put>
void append(output_buffer& out, data_message which, std::size_t body, std::size_t max_message,
            Put put) {
  constexpr std::size_t key_size = 2;  // the data messages' numbers, 16 to 18, take two bytes
  const auto message = key_size + size_of_varint(body) + body;
  if (message > max_message) {
    throw std::length_error("a message of " + std::to_string(message) +
                            " bytes to Kapacitor exceeds the limit of " +
                            std::to_string(max_message) + " (--max-message)");
  }
  const auto whole = size_of_varint(message) + message;
  writer w(out.grow(whole));
  w.put_length(message);
  w.put_varint(key_of(static_cast<std::uint32_t>(which), length));
  w.put_length(body);
  put(w);
  out.advance(whole);
}

}  // namespace

void append_point(output_buffer& out, const point_parts& parts, std::size_t max_message) {
  append(out, data_message::point, size_of_point(parts), max_message,
         [&](writer& w) { put_point(w, parts); });
}

void append_begin(output_buffer& out, const batch_parts& b, std::size_t max_message) {
  append(out, data_message::begin, size_of_batch(b, b.size), max_message, [&](writer& w) {
    put_text(w, 1, b.name);
    put_text(w, 2, b.group);
    put_tags(w, 3, b.tags);
    put_number(w, 4, static_cast<std::uint64_t>(b.size));
    put_number(w, 5, b.by_name);
  });
}

void append_end(output_buffer& out, const batch_parts& b, std::size_t max_message) {
  append(out, data_message::end, size_of_batch(b, b.tmax), max_message, [&](writer& w) {
    put_text(w, 1, b.name);
    put_text(w, 2, b.group);
    put_number(w, 3, static_cast<std::uint64_t>(b.tmax));
    put_tags(w, 4, b.tags);
    put_number(w, 5, b.by_name);
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
