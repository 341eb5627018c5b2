#pragma once

#include <cstdint>
#include <string_view>

namespace kapacitor {

/// FNV-1a, the same on every platform; `seed` goes on with an earlier one.
inline std::uint64_t series_hash(std::string_view text,
                                 std::uint64_t seed = 0xcbf29ce484222325U) noexcept {
  for (const char c : text) seed = (seed ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  return seed;
}

/// Its upper half is mixed in: the low bits of FNV-1a alone depend on few bits of the text.
inline std::uint32_t folded(std::uint64_t hash) noexcept {
  hash = (hash ^ (hash >> 32U)) * 0x9e3779b97f4a7c15U;
  return static_cast<std::uint32_t>(hash >> 32U);
}

}  // namespace kapacitor
