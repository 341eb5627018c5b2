#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

#include <kapacitor/udf/error.hpp>

// How a state becomes bytes and is read from them: state_writer, state_reader, and the state_codec
// that a type may have. What a state is: state.hpp.
namespace kapacitor::udf {

static_assert(std::endian::native == std::endian::little, "snapshots are written as they lie");

/// How a type is written to a snapshot and read from it.
///
/// Give a type of yours one if state() does not suit it, for example because its size is fixed when
/// it is made:
///
///     template <>
///     struct kapacitor::udf::state_codec<matrix> {
///       static constexpr std::size_t least_size = 1;  // bytes: the fewest that save() writes
///       static void save(state_writer& out, matrix& m) { out.write(m.cells); }
///       static void load(state_reader& in, matrix& m) { in.read(m.cells); }
///     };
///
/// save() must not change the value, though it takes a reference: one state() serves both ways.
/// `least_size` bounds the elements of a sequence by the bytes left: too large, and snapshots are
/// refused that are right; too small, and a damaged length may allocate more than need be.
///
/// Errors: load() throws state_error for what save() cannot have written.
template <class T>
struct state_codec;

/// Appends values to a snapshot. Functions with a state() never see one; codecs do.
///
/// Format:   little-endian, fixed width, without padding.
/// Lifetime: the text it appends to must outlive it.
class state_writer {
 public:
  /// Appends to `out`, behind what it holds.
  explicit state_writer(std::string& out) : out_(out) {}

  /// Appends a value of any type that a state may hold; another does not compile.
  template <class T>
  void write(T& x) {
    using plain = std::remove_const_t<T>;
    state_codec<plain>::save(*this, const_cast<plain&>(x));
  }
  /// Appends `size` bytes as they are, without their number.
  void raw(const void* data, std::size_t size) {
    out_.append(static_cast<const char*>(data), size);
  }
  /// Appends a number of elements, for state_reader::count(): a varint, one byte below 128.
  void count(std::uint64_t n) {
    for (; n >= 0x80; n >>= 7) out_.push_back(static_cast<char>(n | 0x80));
    out_.push_back(static_cast<char>(n));
  }

 private:
  std::string& out_;
};

/// Takes values from a snapshot, in the order they were written. A function meets one in migrate():
///
///     void migrate(unsigned version, udf::state_reader& in) {
///       in.read(mean);                     // has been there since version 1
///       if (version >= 2) in.read(newest);
///     }
///
/// Lifetime: reads bytes that must outlive it.
/// Errors:   of every call: state_error if there are too few bytes, or impossible ones. What was
/// read
///           into before is then unspecified; the group's new state is thrown away.
class state_reader {
 public:
  /// Reads from the first of these bytes.
  explicit state_reader(std::string_view bytes) : bytes_(bytes) {}

  /// Reads a value of any type that a state may hold into `x`.
  template <class T>
  void read(T& x) {
    state_codec<T>::load(*this, x);
  }
  /// The same, as a new value: for what a newer version no longer has, or converts.
  template <class T>
  T read() {
    T x{};
    read(x);
    return x;
  }
  /// Copies `size` bytes to `data`.
  void raw(void* data, std::size_t size) {
    const auto taken = view(size);
    if (size != 0) std::memcpy(data, taken.data(), size);
  }
  /// `size` bytes, as a view of the snapshot. Lifetime: that of the snapshot's bytes.
  std::string_view view(std::size_t size) {
    if (size > bytes_.size()) throw state_error("the snapshot ends too early");
    const auto taken = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return taken;
  }
  /// A number of elements that take at least `least_size` bytes each: never more than there are
  /// bytes for.
  std::size_t count(std::size_t least_size) {
    const auto n = varint();
    if (n > bytes_.size() / std::max<std::size_t>(least_size, 1)) {
      throw state_error("the snapshot has an impossible length");
    }
    return static_cast<std::size_t>(n);
  }
  /// Whether everything is read. What a load leaves unread is an error of the snapshot.
  bool empty() const { return bytes_.empty(); }
  /// What is not read yet, as a view.
  std::string_view rest() const { return bytes_; }

  /// A struct within a struct begins: snapshots may be nested 256 deep, because the stack has an
  /// end. For codecs of types that hold others of their kind.
  void enter() {
    if (++depth_ > 256) throw state_error("the snapshot is nested too deep");
  }
  /// It ends.
  void leave() { --depth_; }

 private:
  std::uint64_t varint() {
    std::uint64_t n = 0;
    for (unsigned shift = 0;; shift += 7) {
      unsigned char byte = 0;
      raw(&byte, 1);
      if (shift == 63 && byte > 1) throw state_error("the snapshot has an impossible length");
      n |= std::uint64_t{byte & 0x7fu} << shift;
      if (byte < 0x80) return n;
    }
  }

  std::string_view bytes_;
  int depth_ = 0;
};

}  // namespace kapacitor::udf
