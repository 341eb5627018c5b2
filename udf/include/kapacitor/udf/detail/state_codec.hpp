#pragma once

#include <array>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <kapacitor/udf/state_bytes.hpp>

// How the types that a state may hold are written and read: a state_codec for each. Included by
// state.hpp, which says what users need to know.
namespace kapacitor::udf {

namespace detail {

/// Written as its bytes are.
template <class T>
concept scalar_state = std::is_arithmetic_v<T> || std::is_enum_v<T>;
/// A struct with a state() of its own, within another or a function.
template <class T>
concept has_state = requires(T& x) {
  x.state();
};

/// The fewest bytes that all of these take together.
template <class... Ts>
constexpr std::size_t least_size_of(const std::tuple<Ts...>*) {
  return (state_codec<std::remove_cvref_t<Ts>>::least_size + ... + 0);
}

/// The fewest bytes that a scalar, or a struct with a state(), takes.
template <class T>
constexpr std::size_t least_size_of_value() {
  if constexpr (has_state<T>) {
    return least_size_of(
        static_cast<std::remove_cvref_t<decltype(std::declval<T&>().state())>*>(nullptr));
  } else {
    return sizeof(T);
  }
}

}  // namespace detail

/// Scalars and structs with a state(): and the message for whatever no codec is for.
template <class T>
struct state_codec {
  static_assert(
      detail::scalar_state<T> || detail::has_state<T>,
      "state() holds something a snapshot cannot keep: it may hold numbers, strings, "
      "chrono types, standard containers of those and structs with a state() of their own; "
      "no views and no pointers");
  static constexpr std::size_t least_size = detail::least_size_of_value<T>();

  static void save(state_writer& out, T& x) {
    if constexpr (detail::has_state<T>) {
      std::apply([&](auto&... part) { (out.write(part), ...); }, x.state());
    } else if constexpr (std::is_enum_v<T>) {
      auto number = static_cast<std::underlying_type_t<T>>(x);
      out.write(number);
    } else {
      out.raw(&x, sizeof x);
    }
  }
  static void load(state_reader& in, T& x) {
    if constexpr (detail::has_state<T>) {
      in.enter();
      std::apply([&](auto&... part) { (in.read(part), ...); }, x.state());
      in.leave();
      if constexpr (requires { x.check_state(); }) x.check_state();
    } else if constexpr (std::is_enum_v<T>) {
      std::underlying_type_t<T> number{};
      in.read(number);
      x = static_cast<T>(number);
    } else {
      in.raw(&x, sizeof x);
    }
  }
};

template <>
struct state_codec<bool> {
  static constexpr std::size_t least_size = 1;
  static void save(state_writer& out, bool& x) {
    const unsigned char byte = x;
    out.raw(&byte, 1);
  }
  // Any other byte than 0 and 1 in a bool would be undefined behaviour.
  static void load(state_reader& in, bool& x) {
    unsigned char byte = 0;
    in.raw(&byte, 1);
    if (byte > 1) throw state_error("the snapshot has an impossible bool");
    x = byte == 1;
  }
};
template <>
struct state_codec<std::string> {
  static constexpr std::size_t least_size = 1;
  static void save(state_writer& out, std::string& x) {
    out.count(x.size());
    out.raw(x.data(), x.size());
  }
  static void load(state_reader& in, std::string& x) { x = in.view(in.count(1)); }
};
template <class Rep, class Period>
struct state_codec<std::chrono::duration<Rep, Period>> {
  using T = std::chrono::duration<Rep, Period>;
  static constexpr std::size_t least_size = sizeof(Rep);
  static void save(state_writer& out, T& x) {
    const Rep count = x.count();
    out.raw(&count, sizeof count);
  }
  static void load(state_reader& in, T& x) {
    Rep count{};
    in.raw(&count, sizeof count);
    x = T(count);
  }
};
template <class Clock, class Duration>
struct state_codec<std::chrono::time_point<Clock, Duration>> {
  using T = std::chrono::time_point<Clock, Duration>;
  static constexpr std::size_t least_size = state_codec<Duration>::least_size;
  static void save(state_writer& out, T& x) {
    auto since = x.time_since_epoch();
    out.write(since);
  }
  static void load(state_reader& in, T& x) {
    Duration since{};
    in.read(since);
    x = T(since);
  }
};
template <class E>
struct state_codec<std::optional<E>> {
  static constexpr std::size_t least_size = 1;
  static void save(state_writer& out, std::optional<E>& x) {
    bool present = x.has_value();
    out.write(present);
    if (present) out.write(*x);
  }
  static void load(state_reader& in, std::optional<E>& x) {
    bool present = false;
    in.read(present);
    if (!present) return x.reset();
    // gcc 12 believes that emplace() destroys what was never made.
    E value{};
    in.read(value);
    x = std::move(value);
  }
};
template <class E>
struct state_codec<std::vector<E>> {
  static constexpr std::size_t least_size = 1;
  static constexpr bool flat = std::is_arithmetic_v<E> && !std::same_as<E, bool>;
  static void save(state_writer& out, std::vector<E>& x) {
    out.count(x.size());
    if constexpr (flat) {
      out.raw(x.data(), x.size() * sizeof(E));
    } else {
      for (auto&& e : x) {
        if constexpr (std::same_as<E, bool>) {
          bool bit = e;
          out.write(bit);
        } else {
          out.write(e);
        }
      }
    }
  }
  static void load(state_reader& in, std::vector<E>& x) {
    const auto n = in.count(state_codec<E>::least_size);
    x.clear();
    if constexpr (flat) {
      x.resize(n);
      in.raw(x.data(), n * sizeof(E));
    } else {
      for (std::size_t i = 0; i < n; ++i) {
        E e{};
        in.read(e);
        x.push_back(std::move(e));
      }
    }
  }
};
template <class E>
struct state_codec<std::deque<E>> {
  static constexpr std::size_t least_size = 1;
  static void save(state_writer& out, std::deque<E>& x) {
    out.count(x.size());
    for (auto& e : x) out.write(e);
  }
  static void load(state_reader& in, std::deque<E>& x) {
    const auto n = in.count(state_codec<E>::least_size);
    x.clear();
    for (std::size_t i = 0; i < n; ++i) in.read(x.emplace_back());
  }
};
template <class E, std::size_t N>
struct state_codec<std::array<E, N>> {
  static constexpr std::size_t least_size = N * state_codec<E>::least_size;
  static void save(state_writer& out, std::array<E, N>& x) {
    for (auto& e : x) out.write(e);
  }
  static void load(state_reader& in, std::array<E, N>& x) {
    for (auto& e : x) in.read(e);
  }
};
template <class K, class V>
struct state_codec<std::map<K, V>> {
  static constexpr std::size_t least_size = 1;
  static void save(state_writer& out, std::map<K, V>& x) {
    out.count(x.size());
    for (auto& [key, mapped] : x) {
      out.write(key);
      out.write(mapped);
    }
  }
  static void load(state_reader& in, std::map<K, V>& x) {
    const auto n = in.count(state_codec<std::pair<K, V>>::least_size);
    x.clear();
    for (std::size_t i = 0; i < n; ++i) {
      K key{};
      in.read(key);
      in.read(x[std::move(key)]);
    }
  }
};
template <class A, class B>
struct state_codec<std::pair<A, B>> {
  static constexpr std::size_t least_size = state_codec<A>::least_size + state_codec<B>::least_size;
  static void save(state_writer& out, std::pair<A, B>& x) {
    out.write(x.first);
    out.write(x.second);
  }
  static void load(state_reader& in, std::pair<A, B>& x) {
    in.read(x.first);
    in.read(x.second);
  }
};
template <class... Ts>
struct state_codec<std::tuple<Ts...>> {
  static constexpr std::size_t least_size = (state_codec<Ts>::least_size + ... + 0);
  static void save(state_writer& out, std::tuple<Ts...>& x) {
    std::apply([&](auto&... part) { (out.write(part), ...); }, x);
  }
  static void load(state_reader& in, std::tuple<Ts...>& x) {
    std::apply([&](auto&... part) { (in.read(part), ...); }, x);
  }
};

}  // namespace kapacitor::udf
