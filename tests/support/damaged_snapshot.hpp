#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/ready_made.hpp"
#include "support/snapshot_hash.hpp"
#include <kapacitor/udf/engine.hpp>
#include <kapacitor/udf/state.hpp>

namespace kapacitor::udf::test {

/// Values that arithmetic is most likely to trip over, as the eight bytes of a double or an int.
inline constexpr std::uint64_t awkward_bits[] = {
    std::bit_cast<std::uint64_t>(std::numeric_limits<double>::quiet_NaN()),
    std::bit_cast<std::uint64_t>(std::numeric_limits<double>::infinity()),
    std::bit_cast<std::uint64_t>(-std::numeric_limits<double>::infinity()),
    std::bit_cast<std::uint64_t>(1e308),
    std::bit_cast<std::uint64_t>(-1e308),
    std::bit_cast<std::uint64_t>(5e-324),
    std::bit_cast<std::uint64_t>(-1e-300),
    std::bit_cast<std::uint64_t>(1e154),
    std::bit_cast<std::uint64_t>(0.5),
    std::bit_cast<std::uint64_t>(-1.0),
    std::bit_cast<std::uint64_t>(9.3e18),
    0,
    1,
    2,
    0x7fffffffffffffffu,
    0x8000000000000000u,
    0xffffffffffffffffu,
    0x7fffffffu,
    0x100000000u,
    std::uint64_t{1} << 62,
};

/// A ready-made function at work that takes points of any kind, as single points or as batches.
class wild_run {
 public:
  explicit wild_run(const setting& s)
      : wants_(ready_made(s.function).wants),
        engine_(ready_made(s.function), s.options, [](const result&) {},
                {.group_by = {.tags = {"host"}}}) {}

  udf::engine& engine() { return engine_; }

  /// Usual ones, of three groups, a second after each other, from the i-th second on.
  void usual(int from, int n) {
    for (int i = from; i < from + n; ++i) {
      point((1'600'000'000 + i) * std::int64_t{1'000'000'000}, 20.0 + i % 7, 1.5 * (i % 5), i % 3);
    }
    close();
  }
  /// One point for each pair of bytes, of the most awkward values and times.
  void wild(std::span<const std::uint8_t> bytes) {
    for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
      const auto bits = awkward_bits[bytes[i] % std::size(awkward_bits)];
      const bool whole = bytes[i] & 0x80;
      point(time_of(bytes[i + 1]),
            whole ? udf::value(std::bit_cast<std::int64_t>(bits))
                  : udf::value(std::bit_cast<double>(bits)),
            3.5, bytes[i + 1] >> 6);
    }
    close();
  }

 private:
  static std::int64_t time_of(std::uint8_t how) {
    constexpr std::int64_t start = 1'600'000'000'000'000'000;
    switch (how % 64) {
      case 0:
        return std::numeric_limits<std::int64_t>::min();
      case 1:
        return std::numeric_limits<std::int64_t>::max();
      case 2:
        return 0;
      default:
        return start + how % 64 * std::int64_t{1'000'000'000};
    }
  }
  void point(std::int64_t time, const udf::value& x, const udf::value& y, int group) {
    static constexpr std::string_view hosts[] = {"a", "b", "c", "d"};
    const tag host{"host", hosts[group & 3]};
    const field fields[] = {{"value", x}, {"value1", y}};
    if (wants_ == edge::batch && in_batch_ == 8) close();
    if (wants_ == edge::batch && in_batch_++ == 0) {
      engine_.begin_batch({.name = "cpu", .tags = {&host, 1}, .size = 8});
    }
    engine_.add({.name = "cpu",
                 .tags = {&host, 1},
                 .fields = fields,
                 .time = timestamp(std::chrono::nanoseconds(time))});
    newest_ = time;
  }
  void close() {
    if (std::exchange(in_batch_, 0) == 0) return;
    engine_.end_batch(timestamp(std::chrono::nanoseconds(newest_)));
  }

  edge wants_;
  udf::engine engine_;
  int in_batch_ = 0;
  std::int64_t newest_ = 0;
};

/// A good snapshot of a ready-made function, to be damaged in its state and given back, with a hash
/// that is right: only the function's own checks stand between it and the points that come then.
class damaged_snapshot {
 public:
  explicit damaged_snapshot(setting s) : setting_(std::move(s)) {
    wild_run sound(setting_);
    sound.usual(0, 90);
    good_ = sound.engine().save();
    if (!good_.empty()) find_state();
  }

  const setting& of() const { return setting_; }
  /// Whether there is anything to damage.
  bool has_state() const { return !good_.empty(); }

  /// Each four bytes of the recipe change something; the points then are of `points`, two bytes
  /// each.
  ///
  /// Returns: whether the snapshot was taken. Errors: those of the function, at the points
  bool try_with(std::span<const std::uint8_t> recipe, std::span<const std::uint8_t> points) const {
    wild_run run(setting_);
    try {
      run.engine().load(damaged(recipe));
    } catch (const state_error&) {
      return false;
    }
    run.wild(points);
    run.usual(90, 10);
    run.engine().advance(timestamp(std::chrono::seconds(1'600'000'200)));
    const auto again = run.engine().save();
    wild_run other(setting_);
    other.engine().load(again);
    run.engine().finish();
    return true;
  }

 private:
  void find_state() {
    state_reader in(std::string_view(good_).substr(5));
    in.view(in.count(1));
    in.view(in.count(1));
    in.view(sizeof(std::uint32_t));
    in.view(in.count(1));
    const auto state = in.view(in.count(1));
    begin_ = static_cast<std::size_t>(state.data() - good_.data());
    size_ = state.size();
  }

  std::string damaged(std::span<const std::uint8_t> recipe) const {
    auto bytes = good_;
    for (; recipe.size() >= 4; recipe = recipe.subspan(4)) {
      const auto at = begin_ + (recipe[0] * 256u + recipe[1]) % size_;
      const auto room = begin_ + size_ - at;
      const auto put = [&](const void* from, std::size_t n) {
        std::memcpy(bytes.data() + at, from, std::min(n, room));
      };
      const auto awkward = awkward_bits[recipe[3] % std::size(awkward_bits)];
      switch (recipe[2] % 8) {
        case 0:
          bytes[at] = static_cast<char>(recipe[3]);
          break;
        case 1:
          bytes[at] = static_cast<char>(bytes[at] ^ 1 << recipe[3] % 8);
          break;
        case 2:
          put(&awkward, 4);
          break;
        case 3:
          put(good_.data() + begin_ + recipe[3] * std::size_t{8} % size_,
              std::min<std::size_t>(8, size_ - recipe[3] * std::size_t{8} % size_));
          break;
        default:
          put(&awkward, 8);
      }
    }
    rehash(bytes);
    return bytes;
  }

  setting setting_;
  std::string good_;
  std::size_t begin_ = 0, size_ = 1;  // of the groups' state
};

}  // namespace kapacitor::udf::test
