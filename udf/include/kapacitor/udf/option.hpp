#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace kapacitor::udf {

/// The types of an option's arguments, as TICKscript sees them.
///
/// Source: proto/udf.proto, ValueType
enum class value_type {
  boolean,   // TRUE, FALSE
  integer,   // 1
  floating,  // 1.0; an INT is taken as well
  string,    // 'text'
  duration   // 5m
};

/// "BOOL", "INT", "DOUBLE", "STRING" or "DURATION", the words Kapacitor uses in its messages.
std::string_view to_string(value_type type);

/// One argument of an option as the TICKscript gave it. A program that embeds a function writes
/// them as C++ values: `{{"field", {"usage"}}, {"size", {10}}, {"keep", {}}}`.
///
/// Holds nothing (std::monostate) if the script gave something that is no value: a lambda, a
/// regular expression or a star.
///
/// Lifetime: owns its text.
class option_value {
 public:
  /// What it may hold, for std::visit and get_if().
  using variant = std::variant<std::monostate, bool, std::int64_t, double, std::string,
                               std::chrono::nanoseconds>;

  /// No value.
  option_value() = default;
  /// A BOOL. None of these is explicit, so that {"size", {10}} is an option.
  option_value(std::same_as<bool> auto x) : held_(x) {}
  /// An INT, of any integer type. An unsigned above 2^63 - 1 becomes negative.
  template <std::integral T>
  requires(!std::same_as<T, bool>) option_value(T x) : held_(static_cast<std::int64_t>(x)) {}
  /// A DOUBLE.
  option_value(std::floating_point auto x) : held_(static_cast<double>(x)) {}
  /// A STRING: the text is copied.
  template <std::convertible_to<std::string_view> T>
  option_value(const T& x) : held_(std::string(std::string_view(x))) {}
  /// A DURATION: `std::chrono::minutes(5)`. Parts of a nanosecond are cut off.
  template <class Rep, class Period>
  option_value(std::chrono::duration<Rep, Period> x)
      : held_(std::chrono::duration_cast<std::chrono::nanoseconds>(x)) {}

  /// The value as a variant, for std::visit.
  const variant& held() const { return held_; }
  /// The value if it is of that type, one of the variant's; else nullptr.
  template <class T>
  const T* get_if() const {
    return std::get_if<T>(&held_);
  }

  /// Same type and same value: INT 1 is not DOUBLE 1.0.
  friend bool operator==(const option_value&, const option_value&) = default;

 private:
  variant held_;
};

/// As written in a TICKscript: `10`, `1.0`, `'text'`, `TRUE`, `5m`; "a lambda" for no value.
std::string to_string(const option_value& value);
/// A duration as written in a TICKscript: `1h30m`, `500ms`, `0s`, largest unit first and none that
/// is 0. Units: w, d, h, m, s, ms, u, ns.
std::string to_string(std::chrono::nanoseconds duration);

/// One use of an option in a TICKscript: `.name(values...)`. An option that is used twice is two of
/// them, in the order of the script.
struct option {
  std::string name = {};                  // as declared in the schema
  std::vector<option_value> values = {};  // its arguments, in order; none for a flag
};

/// What a function says of one of its options: for Kapacitor, `--describe` and the docs.
struct option_info {
  std::string name = {};               // as in the TICKscript
  std::string help = {};               // one phrase, with the unit
  std::vector<value_type> types = {};  // of its arguments, in order; none: a bare flag
  bool required = false;               // the task does not start without it
  bool repeated = false;               // may be used several times, each adds to the list
  std::string default_value = {};      // as written in a TICKscript; empty: none
  std::string allowed = {};            // "at least 1"; empty: anything of the type
};

}  // namespace kapacitor::udf
