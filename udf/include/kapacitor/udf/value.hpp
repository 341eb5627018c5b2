#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

namespace kapacitor::udf {

/// Time of a point: ns since 1970-01-01 UTC, negative before.
using timestamp = std::chrono::sys_time<std::chrono::nanoseconds>;

/// What a field holds: a double, an int64, a string or a bool; the types InfluxDB has.
///
/// Lifetime: a string is a view; of a received point it is valid until the callback returns.
class value {
 public:
  /// The double 0.
  value() = default;
  // From what C++ has: 1.5, 1, true, "text". Not explicit, so that {{"n", 1}} is a field.
  template <std::floating_point T>
  constexpr value(T x) : held_(static_cast<double>(x)) {}
  template <std::integral T>
  requires(!std::same_as<T, bool>) constexpr value(T x) : held_(static_cast<std::int64_t>(x)) {}
  constexpr value(std::same_as<bool> auto x) : held_(x) {}
  template <std::convertible_to<std::string_view> T>
  constexpr value(const T& text) : held_(std::string_view(text)) {}

  /// The number, of a double or an int: users mix them up all the time. Empty for others.
  ///
  /// An int beyond 2^53 is rounded to the nearest double.
  constexpr std::optional<double> number() const {
    if (const auto* d = std::get_if<double>(&held_)) return *d;
    if (const auto* i = std::get_if<std::int64_t>(&held_)) return static_cast<double>(*i);
    return std::nullopt;
  }
  /// The int64, the text, the bool: each empty if the field holds something else.
  constexpr std::optional<std::int64_t> integer() const { return get<std::int64_t>(); }
  constexpr std::optional<std::string_view> text() const { return get<std::string_view>(); }
  constexpr std::optional<bool> boolean() const { return get<bool>(); }

  /// The value as a variant, for std::visit.
  constexpr const std::variant<double, std::int64_t, std::string_view, bool>& held() const {
    return held_;
  }

  friend constexpr bool operator==(const value&, const value&) = default;

 private:
  template <class T>
  constexpr std::optional<T> get() const {
    const auto* held = std::get_if<T>(&held_);
    return held ? std::optional<T>(*held) : std::nullopt;
  }

  std::variant<double, std::int64_t, std::string_view, bool> held_;
};

/// A named value of a point: `{"usage", 97.5}`.
///
/// Lifetime: views, as value.
struct field {
  std::string_view name;  // not empty, no name twice in a point
  udf::value value;

  friend constexpr bool operator==(const field&, const field&) = default;
};

/// A tag of a point: always text. Tags tell series apart; those that the TICKscript groups by make
/// up the group.
///
/// Lifetime: views, as value.
struct tag {
  std::string_view name;
  std::string_view value;

  friend constexpr bool operator==(const tag&, const tag&) = default;
};

}  // namespace kapacitor::udf
