#include "wire/point_codec.hpp"

#include <bit>
#include <cstring>
#include <initializer_list>
#include <type_traits>
#include <utility>

#include "wire/cursor.hpp"

namespace kapacitor::udf::wire {
namespace {

constexpr auto varint = wire_type::varint;
constexpr auto length = wire_type::length;
constexpr auto fixed64 = wire_type::fixed64;

/// An entry of a protobuf map: a message of the key, 1, and the value, 2; both may be missing.
template <class Value>
struct entry {
  std::string_view key;
  Value value{};
};

void read_value(cursor& in, std::string_view& value) {
  value = in.bytes();
}
void read_value(cursor& in, std::int64_t& value) {
  value = static_cast<std::int64_t>(in.varint());
}
void read_value(cursor& in, bool& value) {
  value = in.varint() != 0;
}
void read_value(cursor& in, double& value) {
  std::memcpy(&value, in.fixed(8), 8);
}

static_assert(std::endian::native == std::endian::little, "doubles are read as they lie");

template <class Value, wire_type type>
[[gnu::noinline]] entry<Value> read_any_entry(std::string_view message) {
  entry<Value> e;
  for (cursor in(message, "an entry of a map"); !in.done();) {
    const auto key = in.key();
    if (key == key_of(1, length)) {
      e.key = in.bytes();
    } else if (key == key_of(2, type)) {
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
  if (message.size() >= 4 && at[0] == static_cast<char>(key_of(1, length)) && at[1] >= 0) {
    const auto key_size = static_cast<std::size_t>(at[1]);
    if (message.size() >= key_size + 4 && at[2 + key_size] == static_cast<char>(key_of(2, type))) {
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
  const auto e = read_entry<std::string_view, length>(message);
  return {e.key, e.value};
}

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
  [[gnu::always_inline]] void pass_over(std::uint32_t number) {
    if (next_is(number)) take();
  }

 private:
  const char* at_;
  const char* end_;
};

/// Whether this is a tag as Kapacitor writes it: name and value, both below 128.
[[gnu::always_inline]] inline bool is_usual_tag(std::string_view tag) {
  if (tag.size() < 4 || !is_short(tag.data(), key_of(1, length))) return false;
  const auto name = length_at(tag.data());
  const char* const value = tag.data() + 2 + name;
  return tag.size() >= name + 4 && is_short(value, key_of(2, length)) &&
         length_at(value) == tag.size() - name - 4;
}

}  // namespace

envelope open_envelope(std::string_view message) {
  envelope found{0, {}};
  for (cursor in(message, "the message"); !in.done();) {
    const auto key = in.key();
    const auto number = key >> 3;
    if ((key & 7) != static_cast<std::uint32_t>(length)) in.fail("holds no message");
    const auto body = in.bytes();
    if (found.number != 0) in.fail("holds more than one message");
    found = {number, body};
  }
  return found;
}

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
  if (at == end || *at != static_cast<char>(key_of(1, varint))) return at;
  cursor in({at, end}, "Point");
  in.key();
  p.time_ = timestamp(std::chrono::nanoseconds(static_cast<std::int64_t>(in.varint())));
  p.time_size_ = static_cast<std::size_t>(in.at() - at);
  return in.at();
}

const char* point_decoder::take_header(const char* at, const char* end, point& p) {
  short_texts in(at, end);
  in.pass_over(2);
  in.pass_over(3);
  in.pass_over(4);
  p.group_ = in.next_is(5) ? in.take() : std::string_view();
  while (in.next_is(6)) in.take();
  const char* behind = in.at();
  while (in.next_is(7) && is_usual_tag(in.take())) behind = in.at();
  return behind;
}

const char* point_decoder::take_fields(const char* at, const char* end, point& p) {
  short_texts in(at, end);
  // Once as a rule: Kapacitor writes one map after the other.
  for (const char* before = nullptr; in.at() != std::exchange(before, in.at()) && in.at() != end;) {
    while (in.next_is(8)) read_field<double, fixed64>(in.take(), p.fields_.next());
    while (in.next_is(9)) read_field<std::int64_t, varint>(in.take(), p.fields_.next());
    while (in.next_is(10)) read_field<std::string_view, length>(in.take(), p.fields_.next());
    while (in.next_is(12)) read_field<bool, varint>(in.take(), p.fields_.next());
  }
  return in.at();
}

/// What is left, in any order and form that protobuf allows.
void point_decoder::take_rest(std::string_view message, const char* from, point& p) {
  for (cursor in(message, "Point", from); !in.done();) {
    const char* start = in.at();
    const auto key = in.key();
    switch (key) {
      case key_of(1, varint):
        p.time_ = timestamp(std::chrono::nanoseconds(static_cast<std::int64_t>(in.varint())));
        p.header_.remove_prefix(std::exchange(p.time_size_, 0));
        continue;
      case key_of(5, length):
        p.group_ = in.bytes();
        break;
      case key_of(2, length):
      case key_of(3, length):
      case key_of(4, length):
      case key_of(6, length):
        in.bytes();
        break;
      case key_of(7, length):
        read_tag(in.bytes());  // or says what is wrong with it
        break;
      case key_of(11, varint):
        p.by_name_ = in.varint() != 0;
        break;
      case key_of(8, length):
        read_field<double, fixed64>(in.bytes(), p.fields_.next());
        p.encoded_fields_.add(start, in.at());
        continue;
      case key_of(9, length):
        read_field<std::int64_t, varint>(in.bytes(), p.fields_.next());
        p.encoded_fields_.add(start, in.at());
        continue;
      case key_of(10, length):
        read_field<std::string_view, length>(in.bytes(), p.fields_.next());
        p.encoded_fields_.add(start, in.at());
        continue;
      case key_of(12, length):
        read_field<bool, varint>(in.bytes(), p.fields_.next());
        p.encoded_fields_.add(start, in.at());
        continue;
      default:
        in.skip(key);
        continue;
    }
    p.header_.add(start, in.at());
  }
}

void point_decoder::read_header(std::string_view piece, const point& p) {
  auto& to = p.lazy_;
  for (cursor in(piece, "Point"); !in.done();) {
    const auto key = in.key();
    switch (key) {
      case key_of(2, length):
        to.name = in.bytes();
        break;
      case key_of(3, length):
        to.database = in.bytes();
        break;
      case key_of(4, length):
        to.retention_policy = in.bytes();
        break;
      case key_of(6, length):
        to.dimensions.push_back(in.bytes());
        break;
      case key_of(7, length):
        to.tags.push_back(read_tag(in.bytes()));
        break;
      default:
        in.skip(key);
    }
  }
}

void batch_decoder::decode(std::string_view message, batch& b) {
  b.name_ = b.group_ = {};
  b.tags_.clear();
  b.size_ = 0;
  b.by_name_ = false;
  for (cursor in(message, "BeginBatch"); !in.done();) {
    const auto key = in.key();
    switch (key) {
      case key_of(1, length):
        b.name_ = in.bytes();
        break;
      case key_of(2, length):
        b.group_ = in.bytes();
        break;
      case key_of(3, length):
        b.tags_.push_back(read_tag(in.bytes()));
        break;
      case key_of(4, varint):
        b.size_ = static_cast<std::int64_t>(in.varint());
        break;
      case key_of(5, varint):
        b.by_name_ = in.varint() != 0;
        break;
      default:
        in.skip(key);
    }
  }
}

void batch_decoder::decode(std::string_view message, batch_end& e) {
  e.name_ = e.group_ = {};
  e.tags_.clear();
  e.tmax_ = {};
  for (cursor in(message, "EndBatch"); !in.done();) {
    const auto key = in.key();
    switch (key) {
      case key_of(1, length):
        e.name_ = in.bytes();
        break;
      case key_of(2, length):
        e.group_ = in.bytes();
        break;
      case key_of(3, varint):
        e.tmax_ = timestamp(std::chrono::nanoseconds(static_cast<std::int64_t>(in.varint())));
        break;
      case key_of(4, length):
        e.tags_.push_back(read_tag(in.bytes()));
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
