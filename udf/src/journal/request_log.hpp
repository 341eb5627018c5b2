#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string_view>

#include <kapacitor/udf/state.hpp>

namespace kapacitor::udf::journal {

/// Where a request begins: the bytes of all requests kept before it, since the connection's first.
using position = std::uint64_t;

/// Requests in the order they came, whole frames, from begin() to end(); behind them, open(): bytes
/// that were received and that nobody has looked at yet.
///
/// Bytes are received where they stay: nothing is copied but a frame that a piece of memory has no
/// room for. Pieces are given back as soon as their requests are forgotten.
class request_log {
 public:
  /// Where to receive: at least one byte, and as a rule the `wanted` ones.
  std::span<char> prepare(std::size_t wanted);
  /// `n` bytes were received.
  void commit(std::size_t n) { pieces_.back().filled += n; }

  std::string_view open() const;
  /// The first `n` bytes of open(), whole frames, are kept.
  void keep(std::size_t n);
  /// The first `n` bytes of open() go.
  void drop(std::size_t n);
  /// Keeps a frame of our own, behind end() and before open().
  void insert(std::string_view frame);

  position begin() const { return begin_; }
  position end() const { return end_; }
  /// Kept bytes from there on, as far as they lie together: at least one frame, unless it is end().
  std::string_view from(position at) const;
  /// Requests before `at` are needed no more.
  void forget_before(position at);
  /// Bytes of memory in use.
  std::size_t memory() const { return memory_; }

  void save(state_writer& out) const;
  /// Instead of all that it holds. Errors: state_error
  void load(state_reader& in);

 private:
  struct piece {
    std::unique_ptr<char[]> bytes;
    std::size_t capacity;
    position first;          // where its first byte is
    std::size_t kept = 0;    // bytes
    std::size_t filled = 0;  // bytes: kept and open ones
    std::string_view open() const { return {bytes.get() + kept, filled - kept}; }
  };
  void add_piece(std::size_t room);
  void add_piece(std::size_t capacity, std::size_t kept, std::string_view bytes);

  std::deque<piece> pieces_;
  std::unique_ptr<char[]> spare_;  // of largest_ bytes
  position begin_ = 0, end_ = 0;
  std::size_t memory_ = 0;
};

}  // namespace kapacitor::udf::journal

template <>
struct kapacitor::udf::state_codec<kapacitor::udf::journal::request_log> {
  static constexpr std::size_t least_size = 1;
  static void save(state_writer& out, journal::request_log& log) { log.save(out); }
  static void load(state_reader& in, journal::request_log& log) { log.load(in); }
};
