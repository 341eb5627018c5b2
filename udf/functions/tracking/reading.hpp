#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string_view>
#include <tuple>

#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

/// A finite number as its point had it: an int keeps all its digits, and so do differences of ints.
class reading {
 public:
  reading() = default;
  explicit reading(double x) : bits_(std::bit_cast<std::uint64_t>(x)) {}
  explicit reading(std::int64_t x) : bits_(static_cast<std::uint64_t>(x)), is_int_(true) {}

  /// Empty if the field is missing or no finite number.
  static std::optional<reading> of(const udf::point& p, std::string_view field) {
    const auto* value = p.find(field);
    if (!value) return std::nullopt;
    if (const auto i = value->integer()) return reading(*i);
    const auto x = value->number();
    return x && std::isfinite(*x) ? std::optional(reading(*x)) : std::nullopt;
  }

  double number() const {
    return is_int_ ? static_cast<double>(static_cast<std::int64_t>(bits_))
                   : std::bit_cast<double>(bits_);
  }
  bool is_below(const reading& other) const {
    if (is_int_ && other.is_int_) {
      return static_cast<std::int64_t>(bits_) < static_cast<std::int64_t>(other.bits_);
    }
    return number() < other.number();
  }
  /// The distance down to `lower`, which is not above this one. Of two ints it is rounded once.
  double above(const reading& lower) const {
    if (is_int_ && lower.is_int_) return static_cast<double>(bits_ - lower.bits_);
    return number() - lower.number();
  }
  double minus(const reading& other) const {
    return is_below(other) ? -other.above(*this) : above(other);
  }
  /// How far a counter of 32 or 64 bits has gone that fell from `before` to this value because it
  /// ran over. Empty if that would be half of its range or more.
  std::optional<double> beyond_overflow(const reading& before, int bits) const {
    const double range = std::ldexp(1.0, bits), fallen = before.above(*this);
    if (is_int_ && before.is_int_) {
      const std::uint64_t fallen_exactly = before.bits_ - bits_;
      const std::uint64_t half = std::uint64_t{1} << (bits - 1);
      if (fallen_exactly <= half || fallen > range) return std::nullopt;
      // 2 * half is 0 for 64 bits: that is the range, modulo 2^64.
      return static_cast<double>(2 * half - fallen_exactly);
    }
    if (fallen <= range / 2 || fallen > range) return std::nullopt;
    return range - fallen;
  }

  auto state() { return std::tie(bits_, is_int_); }
  void check_state() const {
    if (!std::isfinite(number())) throw udf::state_error("the snapshot's value is no number");
  }

 private:
  std::uint64_t bits_ = 0;
  bool is_int_ = false;
};

}  // namespace kapacitor::udf::functions
