#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "api/hash.hpp"

namespace kapacitor::udf::test {

inline constexpr std::size_t snapshot_hash_size = sizeof(std::uint64_t);  // at the end

/// Puts the hash at the snapshot's end right, so that only the function can tell what is wrong.
inline void rehash(std::string& snapshot) {
  constexpr std::uint64_t seed = 0x6b61706163697400u;  // as session/snapshot.cpp
  const auto body = snapshot.size() - snapshot_hash_size;
  const auto hash = agent::hash_bytes(std::string_view(snapshot).substr(0, body), seed);
  snapshot.replace(body, snapshot_hash_size, reinterpret_cast<const char*>(&hash),
                   snapshot_hash_size);
}

}  // namespace kapacitor::udf::test
