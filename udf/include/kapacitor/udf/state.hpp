#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <kapacitor/udf/error.hpp>

/// What a function remembers, as bytes: `auto state() { return std::tie(a, b); }`.
///
/// May hold arithmetic types and enums, std::string, std::chrono durations and time points,
/// std::optional, std::vector, std::deque, std::array, std::map, std::pair and std::tuple of those,
/// and structs that have a state() of their own. A view (std::string_view, std::span, a pointer)
/// does not compile: what it points to is gone by the time the snapshot is read.
///
/// Format: little-endian, fixed width; sequences behind their length as a varint.
/// Errors: reading throws state_error where bytes are missing; every length is checked against the
///         bytes left before anything is allocated.
namespace kapacitor::udf::detail {

static_assert(std::endian::native == std::endian::little, "snapshots are written as they lie");

class state_writer {
 public:
  explicit state_writer(std::string& out) : out_(out) {}
  void raw(const void* data, std::size_t size) {
    out_.append(static_cast<const char*>(data), size);
  }
  void count(std::uint64_t n) {
    for (; n >= 0x80; n >>= 7) out_.push_back(static_cast<char>(n | 0x80));
    out_.push_back(static_cast<char>(n));
  }

 private:
  std::string& out_;
};

class state_reader {
 public:
  explicit state_reader(std::string_view bytes) : bytes_(bytes) {}
  void raw(void* data, std::size_t size) {
    if (size > bytes_.size()) throw state_error("the snapshot ends too early");
    if (size != 0) std::memcpy(data, bytes_.data(), size);
    bytes_.remove_prefix(size);
  }
  std::string_view view(std::size_t size) {
    if (size > bytes_.size()) throw state_error("the snapshot ends too early");
    const auto taken = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return taken;
  }
  /// A length of elements that take at least `least_size` bytes each.
  std::size_t count(std::size_t least_size) {
    std::uint64_t n = 0;
    for (unsigned shift = 0;; shift += 7) {
      unsigned char byte = 0;
      raw(&byte, 1);
      if (shift == 63 && byte > 1) throw state_error("the snapshot has an impossible length");
      n |= std::uint64_t{byte & 0x7fu} << shift;
      if (byte < 0x80) break;
    }
    if (n > bytes_.size() / std::max<std::size_t>(least_size, 1)) {
      throw state_error("the snapshot has an impossible length");
    }
    return static_cast<std::size_t>(n);
  }
  bool empty() const { return bytes_.empty(); }
  std::string_view rest() const { return bytes_; }
  /// A struct within a struct begins and ends. A tree may be deep, the stack is not.
  void enter() {
    if (++depth_ > 256) throw state_error("the snapshot is nested too deep");
  }
  void leave() { --depth_; }

 private:
  std::string_view bytes_;
  int depth_ = 0;
};

template <class T>
concept scalar_state = std::is_arithmetic_v<T> || std::is_enum_v<T>;
template <class T>
concept has_state = requires(T& x) {
  x.state();
};

template <class T>
struct state_codec;

template <class T>
void save(state_writer& out, T& x) {
  state_codec<std::remove_const_t<T>>::save(out, const_cast<std::remove_const_t<T>&>(x));
}
template <class T>
void load(state_reader& in, T& x) {
  state_codec<T>::load(in, x);
}

/// The fewest bytes that all of these take together.
template <class... Ts>
constexpr std::size_t least_size_of(const std::tuple<Ts...>*) {
  return (state_codec<std::remove_cvref_t<Ts>>::least_size + ... + 0);
}

template <class T>
constexpr std::size_t least_size_of_value() {
  if constexpr (has_state<T>) {
    return least_size_of(
        static_cast<std::remove_cvref_t<decltype(std::declval<T&>().state())>*>(nullptr));
  } else {
    return sizeof(T);
  }
}

template <class T>
struct state_codec {
  static_assert(
      scalar_state<T> || has_state<T>,
      "state() holds something a snapshot cannot keep: it may hold numbers, strings, "
      "chrono types, standard containers of those and structs with a state() of their own; "
      "no views and no pointers");
  static constexpr std::size_t least_size = least_size_of_value<T>();

  static void save(state_writer& out, T& x) {
    if constexpr (has_state<T>) {
      std::apply([&](auto&... part) { (detail::save(out, part), ...); }, x.state());
    } else if constexpr (std::is_enum_v<T>) {
      auto number = static_cast<std::underlying_type_t<T>>(x);
      detail::save(out, number);
    } else {
      out.raw(&x, sizeof x);
    }
  }
  static void load(state_reader& in, T& x) {
    if constexpr (has_state<T>) {
      in.enter();
      std::apply([&](auto&... part) { (detail::load(in, part), ...); }, x.state());
      in.leave();
      if constexpr (requires { x.check_state(); }) x.check_state();
    } else if constexpr (std::is_enum_v<T>) {
      std::underlying_type_t<T> number{};
      detail::load(in, number);
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
    detail::save(out, since);
  }
  static void load(state_reader& in, T& x) {
    Duration since{};
    detail::load(in, since);
    x = T(since);
  }
};
template <class E>
struct state_codec<std::optional<E>> {
  static constexpr std::size_t least_size = 1;
  static void save(state_writer& out, std::optional<E>& x) {
    bool present = x.has_value();
    detail::save(out, present);
    if (present) detail::save(out, *x);
  }
  static void load(state_reader& in, std::optional<E>& x) {
    bool present = false;
    detail::load(in, present);
    x.reset();
    if (present) detail::load(in, x.emplace());
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
          detail::save(out, bit);
        } else {
          detail::save(out, e);
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
        detail::load(in, e);
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
    for (auto& e : x) detail::save(out, e);
  }
  static void load(state_reader& in, std::deque<E>& x) {
    const auto n = in.count(state_codec<E>::least_size);
    x.clear();
    for (std::size_t i = 0; i < n; ++i) detail::load(in, x.emplace_back());
  }
};
template <class E, std::size_t N>
struct state_codec<std::array<E, N>> {
  static constexpr std::size_t least_size = N * state_codec<E>::least_size;
  static void save(state_writer& out, std::array<E, N>& x) {
    for (auto& e : x) detail::save(out, e);
  }
  static void load(state_reader& in, std::array<E, N>& x) {
    for (auto& e : x) detail::load(in, e);
  }
};
template <class K, class V>
struct state_codec<std::map<K, V>> {
  static constexpr std::size_t least_size = 1;
  static void save(state_writer& out, std::map<K, V>& x) {
    out.count(x.size());
    for (auto& [key, mapped] : x) {
      detail::save(out, key);
      detail::save(out, mapped);
    }
  }
  static void load(state_reader& in, std::map<K, V>& x) {
    const auto n = in.count(state_codec<std::pair<K, V>>::least_size);
    x.clear();
    for (std::size_t i = 0; i < n; ++i) {
      K key{};
      detail::load(in, key);
      detail::load(in, x[std::move(key)]);
    }
  }
};
template <class A, class B>
struct state_codec<std::pair<A, B>> {
  static constexpr std::size_t least_size = state_codec<A>::least_size + state_codec<B>::least_size;
  static void save(state_writer& out, std::pair<A, B>& x) {
    detail::save(out, x.first);
    detail::save(out, x.second);
  }
  static void load(state_reader& in, std::pair<A, B>& x) {
    detail::load(in, x.first);
    detail::load(in, x.second);
  }
};
template <class... Ts>
struct state_codec<std::tuple<Ts...>> {
  static constexpr std::size_t least_size = (state_codec<Ts>::least_size + ... + 0);
  static void save(state_writer& out, std::tuple<Ts...>& x) {
    std::apply([&](auto&... part) { (detail::save(out, part), ...); }, x);
  }
  static void load(state_reader& in, std::tuple<Ts...>& x) {
    std::apply([&](auto&... part) { (detail::load(in, part), ...); }, x);
  }
};

}  // namespace kapacitor::udf::detail
