#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <agent/hash.hpp>
#include <property/sample.hpp>

namespace kapacitor::udf::test {

/// A snapshot of a runner with a few bytes of the groups' state changed and the hash made right.
inline std::string forged(std::string snapshot, sample& random) {
  constexpr std::size_t hash_size = sizeof(std::uint64_t), most = 1'000;
  constexpr std::uint64_t seed = 0x6b61706163697400u;  // as agent/snapshot.cpp
  const auto body = snapshot.size() - hash_size;
  for (auto n = 1 + random.below(3); n > 0; --n) {
    auto& byte = snapshot[body - 1 - random.below(std::min(body / 2, most))];
    byte = random.one_in(2) ? static_cast<char>(random.bits()) : static_cast<char>(random.below(9));
  }
  const auto hash = agent::hash_bytes(std::string_view(snapshot).substr(0, body), seed);
  snapshot.replace(body, hash_size, reinterpret_cast<const char*>(&hash), hash_size);
  return snapshot;
}

}  // namespace kapacitor::udf::test
