#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

namespace kapacitor::udf {

/// Time of a point: ns since 1970-01-01 UTC, negative before. A default-made one is that moment.
///
///     const udf::timestamp later = p.time() + std::chrono::minutes(5);
///     const std::int64_t ns = p.time().time_since_epoch().count();
///
/// Range: the years 1677 to 2262, which 64 bits of nanoseconds reach.
using timestamp = std::chrono::sys_time<std::chrono::nanoseconds>;

/// What a field holds: a double, an int64, a string or a bool; the types InfluxDB has.
///
/// Made without a cast from what C++ has, so that `{{"n", 1}, {"text", "up"}}` are fields. The type
/// is kept: 1 is an int and 1.0 a double, and InfluxDB refuses a field that changes its type.
///
/// Lifetime: a string is a view; of a received point it is valid until the callback returns. A
///           value made from a std::string is valid for as long as that string is unchanged.
/// Cost:     three words, copied freely; nothing is allocated.
class value {
 public:
  /// The double 0.
  value() = default;
  /// A double. A float or long double is converted; NaN and infinities are held, but no emitter
  /// writes them.
  template <std::floating_point T>
  constexpr value(T x) : held_(static_cast<double>(x)) {}
  /// An int64, of any integer type. An unsigned above 2^63 - 1 becomes negative; a char is a
  /// number.
  template <std::integral T>
  requires(!std::same_as<T, bool>) constexpr value(T x) : held_(static_cast<std::int64_t>(x)) {}
  /// A bool, of a bool only: a pointer does not compile.
  constexpr value(std::same_as<bool> auto x) : held_(x) {}
  /// A text, as a view: of a literal, a std::string, a std::string_view. UTF-8, as Kapacitor has
  /// it.
  template <std::convertible_to<std::string_view> T>
  constexpr value(const T& text) : held_(std::string_view(text)) {}

  /// The number, of a double or an int, because users mix them up all the time. Empty for a text
  /// or a bool. An int beyond 2^53 is rounded to the nearest double.
  constexpr std::optional<double> number() const {
    if (const auto* d = std::get_if<double>(&held_)) return *d;
    if (const auto* i = std::get_if<std::int64_t>(&held_)) return static_cast<double>(*i);
    return std::nullopt;
  }
  /// The int64. Empty for all others, a double that is a whole number included.
  constexpr std::optional<std::int64_t> integer() const { return get<std::int64_t>(); }
  /// The text, a view (see Lifetime). Empty for all others.
  constexpr std::optional<std::string_view> text() const { return get<std::string_view>(); }
  /// The bool. Empty for all others.
  constexpr std::optional<bool> boolean() const { return get<bool>(); }

  /// The value as a variant, for std::visit: where all types are to be handled.
  constexpr const std::variant<double, std::int64_t, std::string_view, bool>& held() const {
    return held_;
  }

  /// Same type and same value: the int 1 is not the double 1.0, and NaN equals nothing.
  friend constexpr bool operator==(const value&, const value&) = default;

 private:
  template <class T>
  constexpr std::optional<T> get() const {
    const auto* held = std::get_if<T>(&held_);
    return held ? std::optional<T>(*held) : std::nullopt;
  }

  std::variant<double, std::int64_t, std::string_view, bool> held_;
};

/// A named value of a point: `{"usage", 97.5}`. Fields carry what was measured; they are not
/// indexed and never part of a group.
///
/// Lifetime: views, as value.
struct field {
  std::string_view name;  // not empty, no name twice in a point
  udf::value value;       // 0.0 unless given

  friend constexpr bool operator==(const field&, const field&) = default;
};

/// A tag of a point: always text. Tags tell series apart; those that the TICKscript groups by make
/// up the group.
///
/// Lifetime: views, as value.
struct tag {
  std::string_view name;   // not empty, no name twice in a point
  std::string_view value;  // text; Kapacitor takes an empty one for a tag that is missing

  friend constexpr bool operator==(const tag&, const tag&) = default;
};

}  // namespace kapacitor::udf
