#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace kapacitor::udf::agent {

/// A 64-bit hash: multiply and fold, 16 bytes a step. Not for anything cryptographic.
///
/// Source: the scheme is Wang Yi's wyhash, reduced to what short keys need.
inline std::uint64_t hash_bytes(std::string_view bytes, std::uint64_t seed) {
  __extension__ using uint128 = unsigned __int128;
  constexpr std::uint64_t a = 0x9e3779b97f4a7c15u, b = 0xd6e8feb86659fd93u;
  const auto fold = [](std::uint64_t x, std::uint64_t y) {
    const auto product = static_cast<uint128>(x) * y;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
  };
  const auto word = [](const char* at, std::size_t n) {
    std::uint64_t x = 0;
    std::memcpy(&x, at, n);
    return x;
  };
  std::uint64_t h = seed ^ fold(bytes.size() ^ a, b);
  const char* at = bytes.data();
  auto left = bytes.size();
  for (; left > 16; at += 16, left -= 16) h = fold(word(at, 8) ^ h ^ a, word(at + 8, 8) ^ b);
  if (left >= 8) return fold(fold(word(at, 8) ^ h ^ a, word(at + left - 8, 8) ^ b), h ^ b);
  return fold(fold((left ? word(at, left) : 0) ^ h ^ a, left ^ b), h ^ b);
}

}  // namespace kapacitor::udf::agent
