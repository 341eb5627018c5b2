#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>
#include <string_view>

#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

/// A 64-bit hash of bytes, the same on every machine and in every version: snapshots depend on it.
/// All bits are good. Not for anything cryptographic.
///
/// Source: multiply and fold as in Wang Yi's wyhash; at the end the finalizer of MurmurHash3
inline std::uint64_t stable_hash(std::string_view bytes, std::uint64_t seed = 0) {
  __extension__ using uint128 = unsigned __int128;
  constexpr std::uint64_t a = 0x9e3779b97f4a7c15u, b = 0xd6e8feb86659fd93u;
  const auto fold = [](std::uint64_t x, std::uint64_t y) {
    const auto product = static_cast<uint128>(x) * y;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
  };
  std::uint64_t h = fold(seed ^ a, bytes.size() ^ b);
  for (; !bytes.empty(); bytes.remove_prefix(bytes.size() < 8 ? bytes.size() : 8)) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data(), bytes.size() < 8 ? bytes.size() : 8);
    h = fold(word ^ h ^ a, b) ^ h;
  }
  h = (h ^ (h >> 33)) * 0xff51afd7ed558ccdu;
  h = (h ^ (h >> 33)) * 0xc4ceb9fe1a85ec53u;
  return h ^ (h >> 33);
}

/// The stable hash of a value. An int and a double of the same number have the same.
inline std::uint64_t hash_of(const udf::value& v) {
  enum seeds : std::uint64_t { text, whole_number, number, boolean };
  const auto of = [](auto x, seeds seed) {
    char bytes[sizeof x];
    std::memcpy(bytes, &x, sizeof x);
    return stable_hash(std::string_view(bytes, sizeof x), seed);
  };
  if (const auto s = v.text()) return stable_hash(*s, text);
  if (const auto i = v.integer()) return of(*i, whole_number);
  if (const auto b = v.boolean()) return of(static_cast<std::uint64_t>(*b), boolean);
  const double x = *v.number();
  if (std::abs(x) < 0x1p63 && std::trunc(x) == x) {
    return of(static_cast<std::int64_t>(x), whole_number);
  }
  return of(x, number);
}

}  // namespace kapacitor::udf::functions
