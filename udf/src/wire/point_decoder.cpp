#include "wire/point_decoder.hpp"

#include <cstring>
#include <utility>

#include "wire/cursor.hpp"
#include "wire/map_entry.hpp"
#include "wire/message_numbers.hpp"

namespace kapacitor::udf::wire {
namespace {

constexpr auto varint = wire_type::varint;
constexpr auto length = wire_type::length;
constexpr auto fixed64 = wire_type::fixed64;

template <class Value, wire_type type>
[[gnu::always_inline]] inline void read_field(std::string_view message, field& to) {
  const auto e = read_entry<Value, type>(message);
  to.name = e.key;
  to.value = value(e.value);
}

/// A key and a length below 128, of one byte each: what usually stands before a text. Two bytes at
/// once: a third of the time per point went into taking them one by one.
[[gnu::always_inline]] inline bool is_short(const char* at, std::uint32_t key) {
  std::uint16_t both = 0;
  std::memcpy(&both, at, sizeof both);
  return (both & 0x80ffU) == key;
}
[[gnu::always_inline]] inline std::size_t length_at(const char* at) {
  return static_cast<unsigned char>(at[1]);
}

/// Reads elements of a message for as long as they are usual: a key of one byte, a text below 128.
class short_texts {
 public:
  short_texts(const char* at, const char* end) : at_(at), end_(end) {}
  [[gnu::always_inline]] const char* at() const { return at_; }

  [[gnu::always_inline]] bool next_is(std::uint32_t number) const {
    return end_ - at_ >= 2 && is_short(at_, key_of(number, length)) &&
           length_at(at_) <= static_cast<std::size_t>(end_ - at_) - 2;
  }
  [[gnu::always_inline]] std::string_view take() {
    const std::string_view text(at_ + 2, length_at(at_));
    at_ += 2 + text.size();
    return text;
  }
  [[gnu::always_inline]] void skip(std::uint32_t number) {
    if (next_is(number)) take();
  }

 private:
  const char* at_;
  const char* end_;
};

/// Whether this is a tag as Kapacitor writes it: name and value, both below 128.
[[gnu::always_inline]] inline bool is_usual_tag(std::string_view tag) {
  if (tag.size() < 4 || !is_short(tag.data(), key_of(entry_number::key, length))) return false;
  const auto name = length_at(tag.data());
  const char* const value = tag.data() + 2 + name;
  return tag.size() >= name + 4 && is_short(value, key_of(entry_number::value, length)) &&
         length_at(value) == tag.size() - name - 4;
}

/// Returns: whether it was an entry of one of the maps of fields.
bool take_any_field(cursor& in, std::uint32_t key, detail::reusable_list<field>& to) {
  switch (key) {
    case key_of(point_number::doubles, length):
      read_field<double, fixed64>(in.bytes(), to.next());
      return true;
    case key_of(point_number::ints, length):
      read_field<std::int64_t, varint>(in.bytes(), to.next());
      return true;
    case key_of(point_number::strings, length):
      read_field<std::string_view, length>(in.bytes(), to.next());
      return true;
    case key_of(point_number::bools, length):
      read_field<bool, varint>(in.bytes(), to.next());
      return true;
    default:
      return false;
  }
}

}  // namespace

// Kapacitor writes the fields of a message in the order of their numbers: time, texts, group,
// dimensions, tags, then the maps of fields. Each take_...() reads on from `at` for as long as it
// finds what it knows, in the form that is usual; what is left goes the long way.
void point_decoder::decode(std::string_view message, point& p) {
  p.encoded_ = message;
  p.time_ = {};
  p.time_size_ = 0;
  p.by_name_ = false;
  p.group_ = {};
  p.lazy_.read = false;
  p.fields_.clear();
  p.header_.clear();
  p.encoded_fields_.clear();
  const char* const end = message.data() + message.size();
  const char* const header = take_time(message.data(), end, p);
  const char* const fields = take_header(header, end, p);
  p.header_.add(message.data(), fields);
  const char* const rest = take_fields(fields, end, p);
  p.encoded_fields_.add(fields, rest);
  if (rest != end) take_rest(message, rest, p);
}

const char* point_decoder::take_time(const char* at, const char* end, point& p) {
  if (at == end || *at != static_cast<char>(key_of(point_number::time, varint))) return at;
  cursor in({at, end}, "Point");
  in.key();
  p.time_ = timestamp(std::chrono::nanoseconds(static_cast<std::int64_t>(in.varint())));
  p.time_size_ = static_cast<std::size_t>(in.at() - at);
  return in.at();
}

const char* point_decoder::take_header(const char* at, const char* end, point& p) {
  short_texts in(at, end);
  in.skip(point_number::name);
  in.skip(point_number::database);
  in.skip(point_number::retention_policy);
  p.group_ = in.next_is(point_number::group) ? in.take() : std::string_view();
  while (in.next_is(point_number::dimensions)) in.take();
  const char* behind = in.at();
  while (in.next_is(point_number::tags) && is_usual_tag(in.take())) behind = in.at();
  return behind;
}

const char* point_decoder::take_fields(const char* at, const char* end, point& p) {
  short_texts in(at, end);
  // Once as a rule: Kapacitor writes one map after the other.
  for (const char* before = nullptr; in.at() != std::exchange(before, in.at()) && in.at() != end;) {
    while (in.next_is(point_number::doubles))
      read_field<double, fixed64>(in.take(), p.fields_.next());
    while (in.next_is(point_number::ints))
      read_field<std::int64_t, varint>(in.take(), p.fields_.next());
    while (in.next_is(point_number::strings))
      read_field<std::string_view, length>(in.take(), p.fields_.next());
    while (in.next_is(point_number::bools)) read_field<bool, varint>(in.take(), p.fields_.next());
  }
  return in.at();
}

/// What is left, in any order and form that protobuf allows.
void point_decoder::take_rest(std::string_view message, const char* from, point& p) {
  for (cursor in(message, "Point", from); !in.done();) {
    const char* const start = in.at();
    const auto key = in.key();
    if (key == key_of(point_number::time, varint)) {
      p.time_ = timestamp(std::chrono::nanoseconds(static_cast<std::int64_t>(in.varint())));
      p.header_.remove_prefix(std::exchange(p.time_size_, 0));
    } else if (take_any_field(in, key, p.fields_)) {
      p.encoded_fields_.add(start, in.at());
    } else if (take_any_header(in, key, p)) {
      p.header_.add(start, in.at());
    } else {
      in.skip(key);
    }
  }
}

/// Returns: whether it was one of the header's, which are checked now and read when asked for.
bool point_decoder::take_any_header(cursor& in, std::uint32_t key, point& p) {
  switch (key) {
    case key_of(point_number::group, length):
      p.group_ = in.bytes();
      return true;
    case key_of(point_number::name, length):
    case key_of(point_number::database, length):
    case key_of(point_number::retention_policy, length):
    case key_of(point_number::dimensions, length):
      in.bytes();
      return true;
    case key_of(point_number::tags, length):
      read_tag(in.bytes());  // or says what is wrong with it
      return true;
    case key_of(point_number::by_name, varint):
      p.by_name_ = in.varint() != 0;
      return true;
    default:
      return false;
  }
}

void point_decoder::read_header(std::string_view piece, const point& p) {
  auto& to = p.lazy_;
  for (cursor in(piece, "Point"); !in.done();) {
    const auto key = in.key();
    switch (key) {
      case key_of(point_number::name, length):
        to.name = in.bytes();
        break;
      case key_of(point_number::database, length):
        to.database = in.bytes();
        break;
      case key_of(point_number::retention_policy, length):
        to.retention_policy = in.bytes();
        break;
      case key_of(point_number::dimensions, length):
        to.dimensions.next() = in.bytes();
        break;
      case key_of(point_number::tags, length):
        to.tags.next() = read_tag(in.bytes());
        break;
      default:
        in.skip(key);
    }
  }
}

}  // namespace kapacitor::udf::wire

namespace kapacitor::udf {

void point::read_header() const {
  lazy_.name = lazy_.database = lazy_.retention_policy = {};
  lazy_.dimensions.clear();
  lazy_.tags.clear();
  wire::point_decoder::read_header(header_.first(), *this);
  for (const auto piece : header_.rest()) wire::point_decoder::read_header(piece, *this);
  lazy_.read = true;
}

}  // namespace kapacitor::udf
