#pragma once

#include <chrono>
#include <concepts>
#include <cstddef>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <kapacitor/udf/error.hpp>
#include <kapacitor/udf/option.hpp>

// How C++ types stand for TICKscript's option arguments. Used by schema; nothing for users here.
namespace kapacitor::udf::detail {

/// Errors: std::logic_error for a name that is no TICKscript identifier or that Kapacitor keeps
///         for itself.
void check_option_name(std::string_view name);

/// Everything wrong with the uses that can be seen from the declarations: unknown, missing, given
/// twice, wrong number or type of arguments.
option_problems find_problems(const std::vector<option_info>& infos,
                              const std::vector<option>& given);

/// Whether the number and types of the arguments are those declared.
bool fits(const option_info& info, const option& use);

/// Errors: option_error naming the option, what is allowed and what was given.
void check_allowed(const option_info& info, const option& use,
                   const std::function<bool(const option_value&)>& holds);

/// Errors: option_error saying that the integer does not fit.
[[noreturn]] void throw_out_of_range(std::string_view name, std::int64_t given,
                                     const std::string& range);

template <class T>
inline constexpr bool always_false = false;

/// One argument: its TICKscript type, and how it is read.
template <class T>
struct argument {
  static_assert(
      always_false<T>,
      "an option is a bool, an integer, a floating point number, std::string or "
      "std::chrono::nanoseconds; or std::optional, std::tuple, std::pair, std::vector of those");
};
template <>
struct argument<bool> {
  static constexpr auto type = value_type::boolean;
  static bool read(std::string_view, const option_value& v) { return *v.get_if<bool>(); }
};
template <std::integral T>
requires(!std::same_as<T, bool>) struct argument<T> {
  static constexpr auto type = value_type::integer;
  static T read(std::string_view name, const option_value& v) {
    const auto given = *v.get_if<std::int64_t>();
    if (!std::in_range<T>(given)) {
      throw_out_of_range(name, given,
                         "between " + std::to_string(std::numeric_limits<T>::min()) + " and " +
                             std::to_string(std::numeric_limits<T>::max()));
    }
    return static_cast<T>(given);
  }
};
template <std::floating_point T>
struct argument<T> {
  static constexpr auto type = value_type::floating;
  static T read(std::string_view, const option_value& v) {
    // Kapacitor insists on 1.0; other hosts of the protocol may let 1 through, and so do we.
    if (const auto* i = v.get_if<std::int64_t>()) return static_cast<T>(*i);
    return static_cast<T>(*v.get_if<double>());
  }
};
template <>
struct argument<std::string> {
  static constexpr auto type = value_type::string;
  static std::string read(std::string_view, const option_value& v) {
    return *v.get_if<std::string>();
  }
};
template <>
struct argument<std::chrono::nanoseconds> {
  static constexpr auto type = value_type::duration;
  static std::chrono::nanoseconds read(std::string_view, const option_value& v) {
    return *v.get_if<std::chrono::nanoseconds>();
  }
};

/// One use of an option: its arguments' types, and how they fill a member of type T.
template <class T>
struct option_codec {
  static constexpr bool repeated = false;
  static std::vector<value_type> types() { return {argument<T>::type}; }
  static T read(const option& use) { return argument<T>::read(use.name, use.values[0]); }
  static void assign(T& member, const option& use) { member = read(use); }
};
template <class T>
struct option_codec<std::optional<T>> {
  static constexpr bool repeated = false;
  static std::vector<value_type> types() { return option_codec<T>::types(); }
  static void assign(std::optional<T>& member, const option& use) {
    member = option_codec<T>::read(use);
  }
};
template <template <class...> class Tuple, class... Ts>
requires(std::same_as<Tuple<Ts...>, std::tuple<Ts...>> ||
         requires(Tuple<Ts...> p) { p.first; }) struct option_codec<Tuple<Ts...>> {
  static constexpr bool repeated = false;
  static std::vector<value_type> types() { return {argument<Ts>::type...}; }
  static Tuple<Ts...> read(const option& use) {
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
      return Tuple<Ts...>{argument<Ts>::read(use.name, use.values[I])...};
    }
    (std::index_sequence_for<Ts...>{});
  }
  static void assign(Tuple<Ts...>& member, const option& use) { member = read(use); }
};
template <class T>
struct option_codec<std::vector<T>> {
  static_assert(!option_codec<T>::repeated,
                "a repeated option is a std::vector of values, pairs or tuples, not of vectors");
  static constexpr bool repeated = true;
  static std::vector<value_type> types() { return option_codec<T>::types(); }
  static void assign(std::vector<T>& member, const option& use) {
    member.push_back(option_codec<T>::read(use));
  }
};

/// A member's value as a TICKscript would give it.
template <class T>
requires std::constructible_from<option_value, T> std::string to_text(const T& x) {
  return to_string(option_value(x));
}
template <class T>
std::string to_text(const std::optional<T>& x) {
  return x ? to_text(*x) : std::string();
}
template <class... Ts>
std::string to_text(const std::tuple<Ts...>& x) {
  std::string text;
  std::apply(
      [&](const auto&... part) { ((text += (text.empty() ? "" : ", ") + to_text(part)), ...); }, x);
  return text;
}
template <class A, class B>
std::string to_text(const std::pair<A, B>& x) {
  return to_text(std::tie(x.first, x.second));
}
template <class T>
std::string to_text(const std::vector<T>& x) {
  std::string text;
  for (const auto& part : x) text += (text.empty() ? "" : "; ") + to_text(static_cast<T>(part));
  return text;
}

}  // namespace kapacitor::udf::detail
