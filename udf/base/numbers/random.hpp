#pragma once

#include <cstdint>
#include <initializer_list>

namespace kapacitor {

/// 64 well mixed bits; a bijection, so different inputs stay different.
constexpr std::uint64_t mix(std::uint64_t x) noexcept {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31);
}

/// Random numbers addressed by their position instead of drawn one after the other.
///
/// Number n of a stream is the same whoever asks for it, when, and in which order: that makes every
/// value of a scenario a pure function of (seed, series, field, tick).
///
/// Threads: any; there is no state.
/// Source:  Steele, Lea, Flood: Fast splittable pseudorandom number generators (2014)
class random_stream {
 public:
  constexpr random_stream() = default;
  /// The stream that belongs to a path such as {seed, series, field, purpose}.
  constexpr random_stream(std::initializer_list<std::uint64_t> path) noexcept {
    for (const auto part : path) key_ = mix(key_ + golden * (part + 1));
  }
  /// The stream of one part of what this one belongs to.
  constexpr random_stream part(std::uint64_t number) const noexcept {
    random_stream made(*this);
    made.key_ = mix(key_ + golden * (number + 1));
    return made;
  }

  constexpr std::uint64_t bits(std::int64_t n) const noexcept {
    return mix(key_ + golden * static_cast<std::uint64_t>(n));
  }
  /// In (0, 1), never 0 or 1.
  constexpr double uniform(std::int64_t n) const noexcept {
    return (static_cast<double>(static_cast<std::int64_t>(bits(n) >> 12U)) + 0.5) * 0x1p-52;
  }
  /// One of first … last, both included.
  constexpr std::int64_t between(std::int64_t n, std::int64_t first, std::int64_t last) const {
    const auto choices = static_cast<std::uint64_t>(last - first + 1);
    return first + static_cast<std::int64_t>(bits(n) % choices);
  }

 private:
  static constexpr std::uint64_t golden = 0x9e3779b97f4a7c15U;
  std::uint64_t key_ = 0x6b61706163697475U;
};

/// FNV-1a of a name: which numbers it gets must not depend on what stands beside it.
template <class Text>
constexpr std::uint64_t number_of(const Text& name) noexcept {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  return hash;
}

}  // namespace kapacitor
