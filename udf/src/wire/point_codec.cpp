#include <wire/point_codec.hpp>

#include <bit>
#include <cstring>
#include <type_traits>

#include <wire/cursor.hpp>

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
[[gnu::always_inline]] inline field read_field(std::string_view message) {
  const auto e = read_entry<Value, type>(message);
  return {e.key, value(e.value)};
}

/// Collects the pieces of a message that are of one kind; neighbours become one piece.
class pieces {
 public:
  explicit pieces(std::vector<std::string_view>& into) : into_(into) { into_.clear(); }
  ~pieces() { flush(); }
  pieces(const pieces&) = delete;
  pieces& operator=(const pieces&) = delete;

  [[gnu::always_inline]] void add(const char* from, const char* to) {
    if (from != to_) {
      flush();
      from_ = from;
    }
    to_ = to;
  }

 private:
  void flush() {
    if (from_ != to_) into_.emplace_back(from_, static_cast<std::size_t>(to_ - from_));
  }

  std::vector<std::string_view>& into_;
  const char* from_ = nullptr;
  const char* to_ = nullptr;
};

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

void point_decoder::decode(std::string_view message, point& p) {
  p.encoded_ = message;
  p.time_ = {};
  p.by_name_ = false;
  p.name_ = p.database_ = p.retention_policy_ = p.group_ = {};
  p.dimensions_.clear();
  p.tags_.clear();
  p.fields_.clear();
  pieces header(p.header_), fields(p.encoded_fields_);
  for (cursor in(message, "Point"); !in.done();) {
    const char* start = in.at();
    const auto key = in.key();
    switch (key) {
      case key_of(1, varint):
        p.time_ = timestamp(std::chrono::nanoseconds(static_cast<std::int64_t>(in.varint())));
        continue;
      case key_of(2, length):
        p.name_ = in.bytes();
        break;
      case key_of(3, length):
        p.database_ = in.bytes();
        break;
      case key_of(4, length):
        p.retention_policy_ = in.bytes();
        break;
      case key_of(5, length):
        p.group_ = in.bytes();
        break;
      case key_of(6, length):
        p.dimensions_.push_back(in.bytes());
        break;
      case key_of(7, length):
        p.tags_.push_back(read_tag(in.bytes()));
        break;
      case key_of(11, varint):
        p.by_name_ = in.varint() != 0;
        break;
      case key_of(8, length):
        p.fields_.push_back(read_field<double, fixed64>(in.bytes()));
        fields.add(start, in.at());
        continue;
      case key_of(9, length):
        p.fields_.push_back(read_field<std::int64_t, varint>(in.bytes()));
        fields.add(start, in.at());
        continue;
      case key_of(10, length):
        p.fields_.push_back(read_field<std::string_view, length>(in.bytes()));
        fields.add(start, in.at());
        continue;
      case key_of(12, length):
        p.fields_.push_back(read_field<bool, varint>(in.bytes()));
        fields.add(start, in.at());
        continue;
      default:
        in.skip(key);
        continue;
    }
    header.add(start, in.at());
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
