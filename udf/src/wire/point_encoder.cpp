#include "wire/point_encoder.hpp"

#include <algorithm>
#include <cstring>
#include <optional>
#include <string_view>
#include <variant>

#include "wire/data_frame.hpp"
#include "wire/frame.hpp"
#include "wire/proto_writer.hpp"

namespace kapacitor::udf::wire {
namespace {

using enum wire_type;

// The key of the map that holds a value, by its place in value::held(): double, int64, string,
// bool.
constexpr std::uint32_t key_of_map[] = {
    key_of(point_number::doubles, length), key_of(point_number::ints, length),
    key_of(point_number::strings, length), key_of(point_number::bools, length)};
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
[[gnu::always_inline]] inline proto_writer put_value(proto_writer out, const udf::value& v) {
  const auto& held = v.held();
  switch (held.index()) {
    case 0:
      out.put_double(entry_number::value, *std::get_if<double>(&held));
      break;
    case 1:
      out.put_number(entry_number::value,
                     static_cast<std::uint64_t>(*std::get_if<std::int64_t>(&held)));
      break;
    case 2:
      out.put_bytes(entry_number::value, *std::get_if<std::string_view>(&held));
      break;
    default:
      out.put_number(entry_number::value, *std::get_if<bool>(&held));
  }
  return out;
}

std::size_t size_of_entry(const field& f) {
  return size_of_bytes(f.name.size()) + size_of_value(f.value);
}
proto_writer put_field(proto_writer out, const field& f) {
  out.put_varint(key_of_map[f.value.held().index()]);
  out.put_length(size_of_entry(f));
  out.put_bytes(entry_number::key, f.name);
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
[[gnu::always_inline]] inline proto_writer put_pieces(proto_writer out,
                                                      const detail::raw_pieces& pieces,
                                                      std::size_t leave_out = 0) {
  out.put_raw(behind(pieces.first(), leave_out));
  for (const auto piece : pieces.rest()) out.put_raw(piece);
  return out;
}
/// In the order of the numbers, as Kapacitor does: that is the one that is read fastest.
proto_writer put_header(proto_writer out, const udf::header& h, std::string_view group) {
  out = put_text(out, point_number::name, h.name);
  out = put_text(out, point_number::database, h.database);
  out = put_text(out, point_number::retention_policy, h.retention_policy);
  out = put_text(out, point_number::group, group);
  for (const auto d : h.dimensions) out.put_bytes(point_number::dimensions, d);
  return put_tags(out, point_number::tags, h.tags);
}
proto_writer put_point(proto_writer out, const point_parts& p) {
  if (!p.keep_old_time)
    out = put_number(out, point_number::time, static_cast<std::uint64_t>(p.time));
  if (p.header) out = put_pieces(out, *p.header, p.keep_old_time ? 0 : p.old_time);
  if (p.own_header) out = put_header(out, *p.own_header, p.group);
  if (p.encoded_fields) out = put_pieces(out, *p.encoded_fields);
  for (const auto& f : p.fields) out = put_field(out, f);
  if (p.own_header) out = put_number(out, point_number::by_name, p.own_header->by_name);
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
[[gnu::always_inline]] inline proto_writer put_short_field(proto_writer out, const field& f) {
  out.put_byte(key_of_map[f.value.held().index()]);
  const auto size = out.put_later();
  out.put_byte(key_of(entry_number::key, length));
  out.put_byte(f.name.size());
  out.put_raw(f.name);
  out = put_value(out, f.value);
  out.put_size_since(size);
  return out;
}

/// A frame with a point that takes `most` bytes or less, the head written last.
void append_short_point(output_buffer& out, const point_parts& p, std::size_t most) {
  const auto room = size_of_head(most);
  char* const begin = out.grow(room + most);
  proto_writer body(begin + room);
  if (!p.keep_old_time)
    body = put_number(body, point_number::time, static_cast<std::uint64_t>(p.time));
  if (p.header) body = put_pieces(body, *p.header, p.keep_old_time ? 0 : p.old_time);
  if (p.encoded_fields) body = put_pieces(body, *p.encoded_fields);
  for (const auto& f : p.fields) body = put_short_field(body, f);
  const auto size = static_cast<std::size_t>(body.at() - (begin + room));
  const auto head = size_of_head(size);
  if (head != room) [[unlikely]]
    std::memmove(begin + head, begin + room, size);
  put_head(proto_writer(begin), message_kind::point, size);
  out.advance(head + size);
}

}  // namespace

void append_point(output_buffer& out, const point_parts& parts, std::size_t max_message) {
  if (const auto most = most_of_point(parts); most && *most + size_of_head(*most) <= max_message)
      [[likely]] {
    return append_short_point(out, parts, *most);
  }
  append_message(out, message_kind::point, size_of_point(parts), max_message,
                 [&](proto_writer w) { put_point(w, parts); });
}

}  // namespace kapacitor::udf::wire
